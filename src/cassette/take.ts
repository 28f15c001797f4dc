import type {AnswerChunk} from '../chat/chunk.js';
import type {WireAnswer} from '../chat/wire.js';
import type {ErrorCode} from '../errors.js';

/** One recorded answer. It exists only if it reached `reply-end`. */
export type Take = {
  readonly chunks: readonly [TimedChunk, ...TimedChunk[]];
  readonly provenance: Provenance;
  /** The answer in the bytes of the API's own provider. The chunks of a raw question's answer are only its start and its end. */
  readonly wire?: WireAnswer | undefined;
  /** An error in place of an answer. Its chunks are only a start and an end with the reason `error`. */
  readonly error?: TakeError | undefined;
};

/** What a take answers, without where it comes from. */
export type TakeAnswer = Pick<Take, 'chunks' | 'wire' | 'error'>;

/** An error of the upstream, or one that a person wrote. */
export type TakeError = {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string | undefined;
  /** The field of the request that it is about. */
  readonly field?: string | undefined;
  /** When to ask again, and the rate limits. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
};

export type TimedChunk = {
  /** Milliseconds since the request was sent upstream, whole. */
  readonly at: number;
  readonly chunk: AnswerChunk;
};

/** The origin of a take: for the reader, and for ids and times in answers. Never part of the key. */
export type Provenance = {
  /** When the upstream was asked, in Unix milliseconds. */
  readonly recordedAt: number;
  /** The model's name as the client wrote it. */
  readonly askedFor: string;
  /** The upstream's own name for its model, and its engine's build if it reports one. */
  readonly model: string;
  readonly engine?: string;
  /** When a person last changed the answer, in Unix milliseconds; absent: it is the model's own. */
  readonly editedAt?: number;
  /** How the model was given documents, if not as images alone. */
  readonly pages?: 'text' | 'both';
  /** Possible defects of the documents for the model, a sentence each. */
  readonly warnings?: readonly string[];
};

/** How a stored take is read. */
export type ReadChunksOptions = {
  /** Deltas that are stored as one text stay one chunk, if the boundaries do not matter. */
  readonly joined?: boolean;
};
