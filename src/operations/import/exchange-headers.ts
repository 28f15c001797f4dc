import {placeholderKey} from '../../chat/placeholder-key.js';
import {builtInDialects} from '../../dialects/registry.js';
import {headerOf} from './recorded-body.js';
import type {HeaderList} from './recorded-exchange.js';

/** The headers of a request that can change its key or the API that it belongs to; no other one is needed. */
const wantedHeaders = new Set([
  'content-type',
  'accept',
  ...builtInDialects.flatMap(({answerHeaders, provider}) => [
    ...answerHeaders.byValue,
    ...answerHeaders.byPresence,
    ...(provider?.keyHeaders ?? []),
  ]),
]);

/** A key that was filtered out gets a placeholder, because some paths belong to an API only with its key. */
export function requestHeaders(headers: HeaderList, keyHeaders: readonly string[]): Record<string, string> {
  const kept = Object.fromEntries(
    [...wantedHeaders].flatMap(name => {
      const value = headerOf(headers, name);
      return value === '' ? [] : [[name, value]];
    }),
  );
  const own = keyHeaders.find(name => name !== 'authorization') ?? 'authorization';
  return keyHeaders.some(name => kept[name] !== undefined) ? kept : {...kept, [own]: placeholderKey};
}

/** Without those of the framing and of the encoding, which the body no longer has. */
export function responseHeaders(headers: HeaderList): Record<string, string> {
  const kept = new Map<string, string>();
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    if (name === '' || name.startsWith(':') || name === 'content-encoding' || name === 'set-cookie') continue;
    kept.set(name, value);
  }
  return Object.fromEntries(kept);
}

/** When an answer was sent, in Unix milliseconds. */
export function dateOf(headers: HeaderList): number | undefined {
  const date = Date.parse(headerOf(headers, 'date'));
  return Number.isNaN(date) ? undefined : date;
}
