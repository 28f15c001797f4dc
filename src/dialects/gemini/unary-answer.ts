import type {AnswerChunk} from '../../chat/chunk.js';
import type {Writable} from '../../chat/json-text.js';
import {writeJson} from '../../chat/json-text.js';
import type {AnswerFormat} from '../dialect.js';
import {oneLine} from '../kit/one-line.js';
import {jsonHeaders} from './response-headers.js';

/** An answer that is always one JSON object. */
export function unaryAnswer(encode: (chunks: AsyncIterable<AnswerChunk>) => Promise<Writable>): AnswerFormat {
  return {
    delivery: 'unary',
    headers: () => jsonHeaders,
    encode: async chunks => oneLine(writeJson(await encode(chunks))),
  };
}
