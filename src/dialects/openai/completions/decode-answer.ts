import {requestFor} from '../../kit/request-for.js';
import {completionDecoder} from '../completion-decoder.js';

/** Reads the answers to text completions: the mirror of `encode-reply.ts` and `encode-stream.ts`. */
export const answerDecoder = completionDecoder(({request}) => {
  const {prompts, candidates = 1, logprobs, sampling} = requestFor('complete', request);
  return {candidates: prompts.length * candidates, topLogprobs: logprobs?.top, stops: sampling?.stop};
});
