import type {ChunkOf, Chunks} from '../../chat/chunk.js';
import type {Operation} from '../../chat/chunk-of.js';
import type {Writable} from '../../chat/json-text.js';
import {writeJson} from '../../chat/json-text.js';
import type {AnswerFormat} from '../dialect.js';
import {answerTo} from '../kit/answer-to.js';
import {oneLine} from '../kit/one-line.js';
import {jsonHeaders} from './response-headers.js';

/** An answer that is always one JSON object. */
export function unaryAnswer<Name extends Operation>(
  operation: Name,
  encode: (chunks: Chunks<ChunkOf<Name>>) => Promise<Writable>,
): AnswerFormat {
  return answerTo(operation, {
    delivery: 'unary',
    headers: () => jsonHeaders,
    encode: async chunks => oneLine(writeJson(await encode(chunks))),
  });
}
