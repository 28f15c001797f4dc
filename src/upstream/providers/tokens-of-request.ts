import {isJsonObject} from '../../chat/json.js';
import {rawRequestOf} from '../../chat/raw-request.js';
import type {ClientRequest} from '../../chat/wire.js';
import type {AnsweringProvider} from './relayed-answer.js';
import {createTokenReader, type TokenReader} from './spent-tokens.js';

/** What is fetched again, such as a stored response, has taken its tokens before. */
export function tokensOf(client: ClientRequest, {address}: AnsweringProvider): TokenReader {
  const {method} = client;
  const reader = createTokenReader(() => requestedModel(client) ?? new URL(address.server.origin).host);
  return method === 'POST' ? reader : {...reader, read() {}, readEvent() {}};
}

/** The model that a JSON body or a form asks for: answers with images or transcriptions do not name it. */
function requestedModel({method, path, headers, bytes}: ClientRequest): string | undefined {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  const contentType = at < 0 ? '' : headers[at + 1];
  const {body} = rawRequestOf({api: '', method, path, query: new URLSearchParams(), contentType, bytes});
  const json = body && 'json' in body && isJsonObject(body.json) ? body.json : {};
  const part = body && 'parts' in body ? body.parts.find(({name}) => name === 'model') : undefined;
  const model = json['model'] ?? (part && 'text' in part ? part.text : undefined);
  return typeof model === 'string' && model !== '' ? model : undefined;
}
