import type {JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {EmbedInput, EmbedRequest} from '../../../chat/request.js';
import type {EncodedRequest} from '../../dialect.js';

/** Texts or tokens as a client of OpenAI writes them. What it cannot say is left out: whoever sends it compares its key. */
export function encodeRequest({inputs, extras = {}}: EmbedRequest, model: string): EncodedRequest {
  const body = omitUndefined({
    ...extras,
    model,
    input: inputs.map(({content}) => encodeInput(content)),
    dimensions: inputs[0]?.dimensions,
    encoding_format: 'float',
  });
  return {path: '/v1/embeddings', body};
}

function encodeInput(content: EmbedInput['content']): JsonValue {
  if ('tokens' in content) return [...content.tokens];
  return content.map(part => (part.type === 'text' ? part.text : '')).join('');
}
