import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {CountTokensRequest} from '../../../chat/request.js';
import type {EncodedRequest} from '../../dialect.js';

/** A count of the tokens of messages, as a client of OpenAI writes it. What it cannot say is left out: whoever sends it compares its key. */
export function encodeCount({turns, extras = {}}: CountTokensRequest, model: string): EncodedRequest {
  const input = turns.map(({role, parts}) => ({
    type: 'message',
    role,
    content: parts.map(part => ({
      type: role === 'assistant' ? 'output_text' : 'input_text',
      text: part.type === 'text' ? part.text : '',
    })),
  }));
  return {path: '/v1/responses/input_tokens', body: omitUndefined({...extras, model, input})};
}
