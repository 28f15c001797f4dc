import type {AnswerChunk, ChunkOf} from '../../chat/chunk.js';
import {chunkOf, type Operation} from '../../chat/chunk-of.js';
import type {AnswerFormat} from '../dialect.js';

/** The format of the answers to one operation, as the server uses it: for chunks of which only their answer is known. */
export function answerTo<Name extends Operation>(
  operation: Name,
  format: AnswerFormat<ChunkOf<Name>>,
): AnswerFormat {
  if (format.delivery === 'unary') {
    return {...format, encode: (chunks, identity) => format.encode(chunksOf(operation, chunks), identity)};
  }
  return {
    ...format,
    encodeStream: (chunks, identity) => format.encodeStream(chunksOf(operation, chunks), identity),
  };
}

async function* chunksOf<Name extends Operation>(
  operation: Name,
  chunks: AsyncIterable<AnswerChunk>,
): AsyncGenerator<ChunkOf<Name>> {
  for await (const chunk of chunks) yield chunkOf(operation, chunk);
}
