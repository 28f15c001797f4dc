import type {AnswerChunk} from '../../../chat/chunk.js';
import type {Writable} from '../../../chat/json-text.js';
import {writeJson} from '../../../chat/json-text.js';
import type {AnswerFormat} from '../../dialect.js';
import {jsonHeaders} from '../local-answer.js';
import {oneLine} from './response.js';

/** An answer that is always one JSON object. */
export function unaryAnswer(encode: (chunks: AsyncIterable<AnswerChunk>) => Promise<Writable>): AnswerFormat {
  return {
    delivery: 'unary',
    headers: () => jsonHeaders,
    encode: async chunks => oneLine(writeJson(await encode(chunks))),
  };
}
