import {requestFor} from '../../kit/request-for.js';
import {completionDecoder} from '../completion-decoder.js';

/** Reads the answers to chat completions: the mirror of `encode-reply.ts` and `encode-stream.ts`. */
export const answerDecoder = completionDecoder(({request}) => {
  const {candidates = 1, logprobs, sampling} = requestFor('chat', request);
  return {candidates, topLogprobs: logprobs?.top, stops: sampling?.stop};
});
