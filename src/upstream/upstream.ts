import type {Model} from '../chat/model.js';

/** The OpenAI-compatible server that answers misses: a llama-server of our own, or one that somebody else runs. */
export interface Upstream {
  /** Asks; waits for the upstream to be ready first. */
  readonly model: Model;
  readonly state: UpstreamState;
  /** Its own name for its model, once it is known. */
  readonly modelName: string | undefined;
  /** Begins what is needed to be ready: fetch, start, load. Returns at once; failures are told by `ready`. */
  start(): void;
  /**
   * Resolves when questions can be answered.
   * @throws RetakeError `setup_failed`, `engine_failed` or `upstream_unavailable`, with a sentence on what to do.
   */
  ready(signal?: AbortSignal): Promise<void>;
  /** Ends the engine, if it is ours, and every request under way. */
  close(): Promise<void>;
}

export type UpstreamState = {
  readonly phase: 'idle' | 'fetching' | 'starting' | 'ready' | 'failed';
  /** The model's name, or the address of an external upstream. */
  readonly name: string;
  /** For people: `model gemma3-270m: 120 of 253 MB`. */
  readonly detail: string;
};
