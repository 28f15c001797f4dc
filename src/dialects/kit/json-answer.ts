import type {LocalAnswer} from '../dialect.js';

/** A JSON text that the proxy answers by itself. */
export function jsonAnswer(body: string, headers: Readonly<Record<string, string>> = {}): LocalAnswer {
  return {status: 200, headers: {'content-type': 'application/json', ...headers}, body};
}
