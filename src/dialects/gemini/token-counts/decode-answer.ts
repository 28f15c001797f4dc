import {objectIn} from '../../kit/provider-json.js';
import {tokenCountChunks} from '../../kit/single-value-answers.js';
import {unaryDecoder} from '../../kit/unary-decoder.js';

/** Reads a `CountTokensResponse`: the mirror of `encode-reply.ts`. */
export const answerDecoder = unaryDecoder((body, question) =>
  tokenCountChunks(objectIn(body, 'a token count')['totalTokens'], question),
);
