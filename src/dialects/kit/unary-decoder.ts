import type {AnswerDecoder} from './answer-decoder.js';
import {incompleteAnswer, notUnderstood} from './provider-failure.js';

/** The decoder of an endpoint that never streams. */
export function unaryDecoder(decodeBody: AnswerDecoder['decodeBody']): AnswerDecoder {
  return {
    decodeBody,
    openStream: () => ({
      push({data}) {
        throw notUnderstood('it is a stream, and this endpoint has none', data);
      },
      end() {
        throw incompleteAnswer('a body');
      },
    }),
  };
}
