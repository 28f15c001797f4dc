import type {Model} from '../chat/model.js';
import {RetakeError} from '../errors.js';
import type {UpstreamDescription} from './http/upstream-description.js';

export type {UpstreamDescription} from './http/upstream-description.js';

export type HttpModelOptions = {
  /** The server's address, with or without `/v1` at its end. */
  readonly url: string;
  /** The server's own credential: a header line `Name: value`, or the value of `Authorization` alone. Sent to its host only. */
  readonly authorization?: string;
  readonly timeouts?: Partial<UpstreamTimeouts>;
  /** The model's name to tell in answers, instead of the server's own name for it. */
  readonly reportsAs?: string;
};

/** In milliseconds. */
export type UpstreamTimeouts = {
  readonly connect: number;
  /** From the request to the first event of its answer: loading and a long prompt take minutes without a GPU. */
  readonly firstEvent: number;
  /** From one event to the next. */
  readonly betweenEvents: number;
};

export type HttpModel = {
  readonly ask: Model;
  /**
   * What the server is and can do. Asked once, and again after a failure or a lost connection.
   * @throws RetakeError `upstream_unavailable` when it cannot be reached or is loading.
   */
  describe(signal?: AbortSignal): Promise<UpstreamDescription>;
  /** Ends every request under way and lets go of all connections. */
  close(): Promise<void>;
};

/** A model that is asked over HTTP: any server with OpenAI's chat completions. */
export function httpModel(_options: HttpModelOptions): HttpModel {
  throw new RetakeError('internal', 'Not built yet');
}
