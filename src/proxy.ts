import type {KeySettings} from './cassette/key-settings.js';
import type {Mode} from './cassette/modes.js';
import type {Pace} from './cassette/pace.js';
import {RetakeError} from './errors.js';
import type {Upstream, UpstreamState} from './upstream/upstream.js';
import type {Verdict} from './verdict.js';

export type ProxyOptions = {
  /** A `*.cassette` file, or a folder that holds one for each name. */
  readonly cassette: string;
  readonly mode: Mode;
  /** Who answers misses; without one every miss that would need it fails. Closed with the proxy. */
  readonly upstream?: Upstream;
  /** Settings that shape keys, as far as they are said; the rest is what the cassette remembers. */
  readonly keySettings?: Partial<KeySettings>;
  /** Default `instant`. */
  readonly pace?: Pace;
  /** Whether `x-retake-mode` may make a strict replay ask the upstream. Default false. */
  readonly allowModeOverride?: boolean;
  /** Host names besides loopback ones that a request may be addressed to; `*` allows any. */
  readonly allowedHosts?: readonly string[];
  /** Origins that may read answers from a browser page; none by default. */
  readonly corsOrigins?: readonly string[];
  /** Largest request body in bytes. Default 50 MiB. */
  readonly bodyLimit?: number;
  /** Milliseconds that a client may take to send its request. Default 60,000. */
  readonly requestTimeout?: number;
  /** Told once for each exchange, after its end. */
  readonly onExchange?: (exchange: Exchange) => void;
  /** The clock, in Unix milliseconds. */
  readonly now?: () => number;
};

/** One request and what became of it: no body, no header, no credential, no query string. */
export type Exchange = {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly outcome: Outcome | undefined;
  readonly cassette: string | undefined;
  readonly key: string | undefined;
  /** Milliseconds from the request to the end of the answer. */
  readonly duration: number;
  /** The error's code and sentence, when there was one. */
  readonly error: {readonly code: string; readonly message: string} | undefined;
};

/** The header `x-retake`: what happened to a question. */
export type Outcome = 'hit' | 'recorded' | 'live' | 'miss';

export type Proxy = {
  /** Opens the port (0: a free one) and resolves to the address, `http://127.0.0.1:8090`. */
  listen(at?: {readonly host?: string; readonly port?: number}): Promise<string>;
  readonly status: ProxyStatus;
  verdict(): Promise<Verdict>;
  /** Ends requests under way, flushes the cassettes, ends the upstream. */
  close(): Promise<void>;
};

export type ProxyStatus = {
  /** Whether what the mode promises can be served. */
  readonly ready: boolean;
  readonly mode: Mode;
  readonly cassette: string;
  readonly upstream?: UpstreamState;
};

/** A proxy for these options; nothing listens yet. */
export async function createProxy(_options: ProxyOptions): Promise<Proxy> {
  throw new RetakeError('internal', 'Not composed yet');
}
