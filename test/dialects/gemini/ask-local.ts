import type {JsonValue} from '../../../src/chat/json.js';
import {stringifyJson} from '../../../src/chat/json.js';
import type {Dialect, LocalAnswer} from '../../../src/dialects/dialect.js';
import {createGemini} from '../../../src/dialects/gemini/index.js';
import {RetakeError} from '../../../src/errors.js';
import {localEndpoint, noSend} from '../../support/dialects.js';

export type LocalAsking = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JsonValue | Uint8Array;
  readonly prefix?: string;
};

export type Kept = {
  readonly gemini: Dialect;
  /** The clock; tests set it forward. */
  now: number;
  /** Calls an endpoint that the proxy answers itself: `GET /v1beta/files?pageSize=2`. */
  ask(line: string, asking?: LocalAsking): Promise<LocalAnswer>;
  /** The same, but returns the JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read any member of an answer
  askJson(line: string, asking?: LocalAsking): Promise<any>;
  refusalOf(line: string, asking?: LocalAsking): Promise<RetakeError>;
};

/** The dialect with no stored files or caches, and its own clock. */
export function emptyGemini({localModel = 'gemma3-270m'}: {readonly localModel?: string} = {}): Kept {
  const kept: Kept = {
    gemini: createGemini({now: () => kept.now, localModel: () => localModel, send: noSend}),
    now: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    async ask(line, {headers = {}, body, prefix = ''} = {}) {
      const [method = '', address = ''] = line.split(' ');
      const {pathname, searchParams} = new URL(`http://localhost:8090${address}`);
      const location = kept.gemini.locate(method, pathname);
      if (!location) throw new Error(`Nothing is at ${line}`);
      return localEndpoint(kept.gemini.endpoints[location.endpoint]).answer({
        params: location.params,
        query: searchParams,
        headers: {host: 'localhost:8090', ...headers},
        path: pathname,
        prefix,
        bytes: bytesOf(body),
      });
    },
    async askJson(line, asking) {
      return JSON.parse(String((await kept.ask(line, asking)).body));
    },
    async refusalOf(line, asking) {
      try {
        await kept.ask(line, asking);
      } catch (error) {
        if (error instanceof RetakeError) return error;
        throw error;
      }
      throw new Error(`Expected a refusal of ${line}`);
    },
  };
  return kept;
}

function bytesOf(body: JsonValue | Uint8Array | undefined): Uint8Array {
  if (body === undefined) return new Uint8Array();
  return body instanceof Uint8Array ? body : Buffer.from(stringifyJson(body));
}
