import {cuttingAfter, echoing, failing, hanging, type Script} from '../../support/scripted-upstream.js';

/** Does what the question says: `fail`, `cut` in mid-stream, or `hang` after three pieces: some SDKs, and Gemini streams, pass on a piece only after the next one arrives. */
export const failByScript: Script = exchange => {
  const told: unknown = exchange.request.body.messages.at(-1)?.content;
  const text = typeof told === 'string' ? told : JSON.stringify(told);
  if (text.includes('fail')) return failing(500, {error: {message: 'out of memory'}})(exchange);
  if (text.includes('cut')) return cuttingAfter(['Hello ', 'there'])(exchange);
  if (text.includes('hang')) return hanging(['Hello', ' there', ' friend'])(exchange);
  return echoing()(exchange);
};
