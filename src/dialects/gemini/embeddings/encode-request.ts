import type {JsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {EmbedInput, EmbedRequest} from '../../../chat/request.js';
import type {EncodedRequest} from '../../dialect.js';

/** Texts as a client of Gemini writes them. What it cannot say is left out: whoever sends it compares its key. */
export function encodeRequest({inputs}: EmbedRequest, model: string): EncodedRequest {
  const [first, ...others] = inputs.map(encodeInput);
  const path = `/v1beta/models/${encodeURIComponent(model)}`;
  if (first && others.length === 0) return {path: `${path}:embedContent`, body: first};
  const requests = [first ?? {}, ...others].map(input => ({model: `models/${model}`, ...input}));
  return {path: `${path}:batchEmbedContents`, body: {requests}};
}

function encodeInput({content, task, title, dimensions}: EmbedInput): JsonObject {
  const parts =
    'tokens' in content ? [] : content.map(part => ({text: part.type === 'text' ? part.text : ''}));
  return omitUndefined({content: {parts}, taskType: task, title, outputDimensionality: dimensions});
}
