import type {IncomingHttpHeaders} from 'node:http';
import type {WireHeaders} from '../../chat/wire.js';
import {type KnownProvider, knownProviders} from './provider-address.js';

/** Headers of one connection (https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1), and those that framing and encoding replace. */
const ownHeaders = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'content-encoding',
]);

/** Those of a request that are between the client and retake. */
const ownRequestHeaders = new Set(['host', 'accept-encoding', 'expect', 'x-forwarded-host', 'forwarded']);

const keyHeaders = new Set(knownProviders.flatMap(({keyHeaders: own}) => own));

/** The headers of a client's request for its provider: names and values in turn, as they came. The keys of other APIs are not for it. */
export function requestHeaders(raw: readonly string[], provider: KnownProvider): string[] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2)
    pairs.push([raw[index] ?? '', raw[index + 1] ?? '']);
  const named = new Set(
    pairs.flatMap(([header, value]) =>
      header.toLowerCase() === 'connection' ? value.split(',').map(part => part.trim().toLowerCase()) : [],
    ),
  );
  const kept = pairs.filter(([header]) => {
    const lower = header.toLowerCase();
    const isOwn = ownHeaders.has(lower) || ownRequestHeaders.has(lower) || named.has(lower);
    const isForeignKey = keyHeaders.has(lower) && !provider.keyHeaders.includes(lower);
    return !isOwn && !isForeignKey && !lower.startsWith('x-retake');
  });
  return [...kept.flat(), 'accept-encoding', 'identity'];
}

/** The headers of a provider's response for the client. */
export function responseHeaders(headers: IncomingHttpHeaders): WireHeaders {
  const named = String(headers.connection ?? '')
    .split(',')
    .map(part => part.trim().toLowerCase());
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || ownHeaders.has(name) || named.includes(name) || name.startsWith('x-retake'))
      continue;
    kept[name] = value;
  }
  return kept;
}
