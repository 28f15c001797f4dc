import type {ClientRequest} from '../../chat/wire.js';
import type {KnownProvider} from './provider-address.js';

/**
 * A client's request with retake's own key in place of the client's: in every header and query parameter in which the client sent one, and
 * else in the header that the API takes. Without a key, the same request.
 */
export function withOwnKey(
  client: ClientRequest,
  provider: KnownProvider,
  key: string | undefined,
): ClientRequest {
  if (key === undefined) return client;
  const given = pairsOf(client.headers);
  const {query, isReplaced} = replaceInQuery(client.query, key);
  const [name, value] = provider.keyHeader(
    key,
    given.map(([header]) => header.toLowerCase()),
  );
  const others = given.filter(([header]) => !provider.keyHeaders.includes(header.toLowerCase()));
  const headers = isReplaced ? others : [...others, [name, value]];
  return {...client, query, headers: headers.flat(), ownKey: key};
}

function pairsOf(headers: readonly string[]): readonly (readonly [string, string])[] {
  return Array.from({length: headers.length / 2}, (_, index): readonly [string, string] => [
    headers[2 * index] ?? '',
    headers[2 * index + 1] ?? '',
  ]);
}

/** Keys are replaced where they stand, and tokens, which are none, are left out. The rest of the query stays as it was written. */
function replaceInQuery(query: string, key: string): {readonly query: string; readonly isReplaced: boolean} {
  let isReplaced = false;
  const parts = query
    .slice(1)
    .split('&')
    .flatMap(part => {
      const name = new URLSearchParams(part).keys().next().value ?? '';
      if (/^(?:access_token|oauth_token)$/i.test(name)) return [];
      if (!/^(?:key|api[-_]key)$/i.test(name)) return [part];
      isReplaced = true;
      return [`${name}=${encodeURIComponent(key)}`];
    })
    .join('&');
  return {query: parts === '' ? '' : `?${parts}`, isReplaced};
}
