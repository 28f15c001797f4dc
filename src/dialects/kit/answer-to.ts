import type {AnswerChunk, ChunkOf, Chunks} from '../../chat/chunk.js';
import {chunkOf, isWhole, type Operation} from '../../chat/chunk-of.js';
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

function chunksOf<Name extends Operation>(operation: Name, chunks: Chunks): Chunks<ChunkOf<Name>> {
  return isWhole(chunks) ? chunks.map(chunk => chunkOf(operation, chunk)) : eachOf(operation, chunks);
}

async function* eachOf<Name extends Operation>(
  operation: Name,
  chunks: AsyncIterable<AnswerChunk>,
): AsyncGenerator<ChunkOf<Name>> {
  for await (const chunk of chunks) yield chunkOf(operation, chunk);
}
