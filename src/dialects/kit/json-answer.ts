import {type Writable, writeJson} from '../../chat/json-text.js';
import type {RetakeError} from '../../errors.js';
import type {LocalAnswer} from '../dialect.js';
import {oneLine} from './one-line.js';

type Headers = Readonly<Record<string, string>>;

/** An answer of the proxy itself as JSON; its headers may depend on its body. */
export function jsonAnswer(value: Writable, headers: Headers | ((body: string) => Headers)): LocalAnswer {
  const body = oneLine(writeJson(value));
  return {status: 200, headers: typeof headers === 'function' ? headers(body) : headers, body};
}

/** The headers by which SDKs learn when a retry can help: those of the upstream, or that it never can. */
export function retryHeaders({retryable, headers}: RetakeError): Headers {
  return {...headers, ...(!retryable && {'x-should-retry': 'false'})};
}
