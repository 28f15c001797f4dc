import type {Attachment} from '../../../chat/media.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {Content, CountTokensRequest} from '../../../chat/request.js';
import type {EncodedRequest} from '../../dialect.js';

/** A count of the tokens of messages, as a client of OpenAI writes it. What it cannot say is left out: whoever sends it compares its key. */
export function encodeCount(
  {turns, extras = {}}: CountTokensRequest<Content | Attachment>,
  model: string,
): EncodedRequest {
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
