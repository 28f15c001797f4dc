import {textOf} from './parse-document.js';
import type {LeftOut} from './recorded-exchange.js';

/** What comes before the bodies of a recorded exchange, and how it is named in a report if it is left out. */
export type RecordedHead = {
  readonly place: string;
  readonly method: string;
  readonly url: URL;
  leftOut(reason: string): LeftOut;
};

/** Reads the method and the URL of a request as another tool wrote them. */
export function readHead(
  place: string,
  {method: given, url: address}: {readonly method: unknown; readonly url: unknown},
): RecordedHead | LeftOut {
  const method = (textOf(given) ?? '').toUpperCase();
  const url = textOf(address) ?? '';
  const what = `${method} ${url}`.trim();
  const leftOut = (reason: string): LeftOut => ({kind: 'left-out', place, what, reason});
  if (method === '' || !URL.canParse(url)) return leftOut('it has no method or no URL');
  return {place, method, url: new URL(url), leftOut};
}
