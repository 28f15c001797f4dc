import {RetakeError} from '../errors.js';
import type {AnswerChunk, ChunkOf, Chunks} from './chunk.js';
import type {ModelRequest} from './request.js';

export type Operation = ModelRequest['operation'];

type ContentType<Name extends Operation> = Exclude<ChunkOf<Name>['type'], 'reply-start' | 'reply-end'>;

/** The content of the answers to each operation. */
const contentTypes: {readonly [Name in Operation]: {readonly [Type in ContentType<Name>]: true}} = {
  chat: {'text-delta': true, 'reasoning-delta': true, 'tool-call-start': true, 'tool-call-delta': true},
  complete: {'text-delta': true},
  embed: {embedding: true},
  'count-tokens': {'token-count': true},
};

/**
 * A chunk as one of the answer to an operation. Models and cassettes are typed for all operations: this is where their chunks meet what an
 * operation allows.
 * @throws RetakeError `internal` if the operation's answers have no such chunk.
 */
export function chunkOf<Name extends Operation>(operation: Name, chunk: AnswerChunk): ChunkOf<Name> {
  const isBoundary = chunk.type === 'reply-start' || chunk.type === 'reply-end';
  if (isBoundary || Object.hasOwn(contentTypes[operation], chunk.type)) return chunk as ChunkOf<Name>;
  throw new RetakeError('internal', `The answer to the operation ${operation} has a chunk ${chunk.type}`);
}

/** Whether all chunks of an answer are there. */
export function isWhole<Chunk extends AnswerChunk>(chunks: Chunks<Chunk>): chunks is readonly Chunk[] {
  return Array.isArray(chunks);
}
