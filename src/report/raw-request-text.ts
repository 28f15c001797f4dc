import type {MatchingView} from '../cassette/key/key.js';
import {formatJson, isJsonObject, type JsonObject, listOf} from '../chat/json.js';

/** A request that is stored in the words of its API, for a reader: `POST /v1/images/generations`, and its body as JSON. */
export function rawRequestText({
  operation: _operation,
  api,
  method,
  path,
  query,
  body,
  ...others
}: MatchingView): string {
  const parameters = listOf(query).map(String);
  const target = parameters.length > 0 ? `${String(path)}?${parameters.join('&')}` : String(path);
  const isJson = isJsonObject(body) && 'json' in body;
  const parts = [
    isJson ? body['json'] : body,
    Object.keys(others).length > 0 ? (others as JsonObject) : undefined,
  ];
  return [
    `${String(method)} ${target} (${String(api)})`,
    ...parts.flatMap(part => (part === undefined ? [] : formatJson(part))),
  ].join('\n');
}
