import type {Model} from '../chat/model.js';

/** The OpenAI-compatible server that answers misses: a llama-server that retake runs, or an external one. */
export interface Upstream {
  /** Waits until the upstream is ready, and sends the request. */
  readonly model: Model;
  /**
   * Whether requests have to name a model, because there is more than one or the server insists. Absent: the upstream has one model, and
   * ignores names.
   */
  readonly needsModelName?: ((signal: AbortSignal) => Promise<boolean>) | undefined;
  readonly state: UpstreamState;
  /** The upstream's own name for its model, once it is known. */
  readonly modelName: string | undefined;
  /** How many requests it processes at once, once that is known; undefined for a server that does not say. */
  readonly slots?: number | undefined;
  /** Starts to download, start and load what is needed. Returns at once; `ready` reports failures. */
  start(): void;
  /**
   * Resolves when the upstream can answer.
   * @throws RetakeError `setup_failed`, `engine_failed` or `upstream_unavailable`
   */
  ready(signal?: AbortSignal): Promise<void>;
  /** Aborts all requests, and stops the engine if retake runs it. */
  close(): Promise<void>;
}

export type UpstreamState = {
  readonly phase: 'idle' | 'fetching' | 'starting' | 'ready' | 'failed';
  /** The model's name, or the address of an external upstream. */
  readonly name: string;
  /** For display: `model gemma3-270m: 120 of 253 MB`. */
  readonly detail: string;
};
