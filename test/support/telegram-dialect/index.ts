import {isJsonObject} from '../../../src/chat/json.js';
import {foldChunks} from '../../../src/chat/reply.js';
import type {DialectDefinition, QuestionEndpoint} from '../../../src/dialects/dialect.js';
import {RetakeError} from '../../../src/errors.js';
import {telegramTraits} from './traits.js';

const json = {'content-type': 'application/json'};

const send: QuestionEndpoint = {
  kind: 'question',
  method: 'POST',
  decodeRequest({body, headers}) {
    const text = isJsonObject(body) ? body['telegram'] : undefined;
    if (typeof text !== 'string') throw new RetakeError('invalid_request', 'Expected a `telegram`');
    const isUpper = headers['x-telegram-case'] === 'upper';
    return {
      request: {operation: 'chat', turns: [{role: 'user', parts: [{type: 'text', text}]}]},
      modelName: 'operator',
      answer: {
        delivery: 'unary',
        headers: () => json,
        async encode(chunks) {
          const reply = (await foldChunks(chunks)).candidates[0]?.text ?? '';
          return JSON.stringify({reply: isUpper ? reply.toUpperCase() : reply});
        },
      },
    };
  },
};

export const telegram: DialectDefinition = {
  ...telegramTraits,
  create: () => ({
    ...telegramTraits,
    locate: (_method, path) => (path === '/telegram/v1/send' ? {endpoint: 'send', params: {}} : undefined),
    endpoints: {send},
    encodeError: ({status, message}) => ({
      status,
      headers: json,
      body: JSON.stringify({undelivered: message}),
    }),
  }),
};
