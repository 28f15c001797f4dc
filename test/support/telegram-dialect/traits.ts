import type {DialectTraits} from '../../../src/dialects/dialect.js';

/** An API of our own invention: `POST /telegram/v1/send` with `{"telegram": "…"}`, answered by `{"reply": "…"}`. */
export const telegramTraits: DialectTraits = {
  name: 'telegram',
  claims: ({path}) => (path.startsWith('/telegram/') ? 'certain' : undefined),
  guess: body => ({path: '/telegram/v1/send', fits: 'telegram' in body}),
  answerHeaders: {byValue: ['x-telegram-case'], byPresence: []},
  clientVariables: address => ({TELEGRAM_URL: address}),
};
