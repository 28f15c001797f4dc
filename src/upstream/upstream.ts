import type {CallContext, Model} from '../chat/model.js';
import type {AnyRequest} from '../chat/request.js';
import type {ClientRequest, StreamedChunk} from '../chat/wire.js';

export type RelayContext = CallContext & {
  /** The client's request as it came. */
  readonly client?: ClientRequest | undefined;
};

/** The OpenAI-compatible server that answers misses: a llama-server that retake runs, or an external one. */
export interface Upstream {
  /** Waits until the upstream is ready, and sends the request. */
  readonly model: Model;
  /** Sends a client's own request to the provider of its API. Only a provider has it; it is used instead of `model`. */
  readonly relay?: Model<RelayContext, AnyRequest, StreamedChunk> | undefined;
  /** Gives a client's request the provider's key that retake has, if it has one. */
  readonly authorize?: ((client: ClientRequest) => ClientRequest) | undefined;
  /** The texts by which retake proves to it who it is. They are not stored, even if an answer repeats them. */
  readonly secrets?: readonly string[] | undefined;
  /**
   * Whether requests have to name a model, because there is more than one or the server insists. Absent: the upstream has one model, and
   * ignores names.
   */
  readonly needsModelName?: ((signal: AbortSignal) => Promise<boolean>) | undefined;
  /** The tokens that a provider has counted so far. */
  readonly spent?: (() => readonly SpentTokens[]) | undefined;
  /** The tokens after which a provider gets no further request. */
  readonly tokenLimit?: number | undefined;
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

/** The tokens of a model, as its provider counts them. */
export type SpentTokens = {
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
};

export type UpstreamState = {
  readonly phase: 'idle' | 'fetching' | 'starting' | 'ready' | 'failed';
  /** The model's name, or the address of an external upstream. */
  readonly name: string;
  /** For display: `model gemma3-270m: 120 of 253 MB`. */
  readonly detail: string;
};
