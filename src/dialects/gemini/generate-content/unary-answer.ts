import type {AnswerChunk} from '../../../chat/chunk.js';
import type {Writable} from '../../../chat/json-text.js';
import {writeJson} from '../../../chat/json-text.js';
import type {AnswerFormat} from '../../dialect.js';
import {escapeLineSeparators} from '../../kit/escape-line-separators.js';
import {jsonHeaders} from '../local-answer.js';

/** An answer that is always one JSON object. */
export function unaryAnswer(encode: (chunks: AsyncIterable<AnswerChunk>) => Promise<Writable>): AnswerFormat {
  return {
    delivery: 'unary',
    headers: () => jsonHeaders,
    encode: async chunks => escapeLineSeparators(writeJson(await encode(chunks))),
  };
}
