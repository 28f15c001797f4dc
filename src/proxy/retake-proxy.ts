import type {CloseOptions} from '../cassette/cassette.js';
import type {Mode} from '../cassette/modes.js';
import type {UpstreamState} from '../upstream/upstream.js';
import type {Verdict} from './verdict.js';

export type RetakeProxy = {
  /** Opens the port (default 0: a free one), starts the upstream, and resolves to the address, `http://127.0.0.1:8090`. */
  listen(at?: {readonly host?: string | undefined; readonly port?: number | undefined}): Promise<string>;
  readonly status: ProxyStatus;
  /**
   * The outcome of every request so far. Call it before `close`. It waits for answers that are being recorded although their clients have
   * left, for up to `finishTimeout` of the proxy or, if it is given, for that many milliseconds.
   */
  verdict(options?: FinishOptions): Promise<Verdict>;
  /** Closes all connections, finishes recordings as `verdict` does, saves the cassettes, and closes the upstream. */
  close(options?: FinishOptions & CloseOptions): Promise<void>;
};

export type FinishOptions = {
  /** Milliseconds; 0 gives up at once what no client waits for. */
  readonly finishTimeout?: number | undefined;
};

export type ProxyStatus = {
  /** Whether requests can be answered as the mode promises. */
  readonly ready: boolean;
  readonly mode: Mode;
  readonly cassette: string;
  readonly upstream?: UpstreamState;
};
