import {isCredentialParameter} from './raw-request.js';
import type {ClientRequest} from './wire.js';

/** The headers that change what a request means. No other one is needed to send it again, and any other one may hold a credential. */
const meaningHeaders = new Set([
  'content-type',
  'accept',
  'anthropic-version',
  'anthropic-beta',
  'openai-beta',
]);

/** The request without whatever identifies its client, so that it can be remembered. */
export function withoutCredentials(client: ClientRequest): ClientRequest {
  const {headers, query} = client;
  const kept = headers.flatMap((name, index) =>
    index % 2 === 0 && meaningHeaders.has(name.toLowerCase()) ? [name, headers[index + 1] ?? ''] : [],
  );
  const parameters = query
    .slice(1)
    .split('&')
    .filter(part => {
      const [name = ''] = new URLSearchParams(part).keys();
      return part !== '' && !isCredentialParameter(name);
    })
    .join('&');
  return {...client, headers: kept, query: parameters === '' ? '' : `?${parameters}`};
}
