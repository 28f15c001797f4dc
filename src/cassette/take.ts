import type {AnswerChunk} from '../chat/chunk.js';

/** One recorded answer. It exists only if it reached `reply-end`. */
export type Take = {
  readonly chunks: readonly [TimedChunk, ...TimedChunk[]];
  readonly provenance: Provenance;
};

export type TimedChunk = {
  /** Milliseconds since the request was sent upstream, whole. */
  readonly at: number;
  readonly chunk: AnswerChunk;
};

/** Where a take comes from: for the reader, and for the ids and times that an answer tells. Never part of the key. */
export type Provenance = {
  /** Unix time in milliseconds at which the upstream was asked. */
  readonly recordedAt: number;
  /** The model's name as the client wrote it. */
  readonly askedFor: string;
  /** The upstream's own name for its model, and its engine's build where it tells. */
  readonly model: string;
  readonly engine?: string;
  /** Unix time in milliseconds at which a person last changed the answer; absent: it is the model's own. */
  readonly editedAt?: number;
  /** What the model was given of documents, where it is not their pictures alone. */
  readonly pages?: 'text' | 'both';
  /** What may have been wrong with the documents that the model was given, a sentence each. */
  readonly warnings?: readonly string[];
};
