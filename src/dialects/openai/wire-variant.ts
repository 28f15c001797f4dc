import {isJsonObject, type JsonValue, stringifyJson} from '../../chat/json.js';

/** Fields that change how an answer is written: whether a stream ends with its usage, and how embeddings are encoded. */
const formFields = ['stream_options', 'encoding_format', 'include'];

export function wireVariant(_query: URLSearchParams, body: JsonValue): string {
  if (!isJsonObject(body)) return '';
  const given = formFields.flatMap(name => {
    const value = body[name];
    return value === undefined || value === null ? [] : [`${name}=${stringifyJson(value)}`];
  });
  return given.length > 0 ? `?${given.join('&')}` : '';
}
