import type {Candidate, ChatReply} from '../../chat/reply.js';
import type {AnswerIdentity} from '../dialect.js';
import {encodeFinishReason} from './finish-reason.js';
import {averageLogprob, encodeLogprobs} from './logprobs.js';
import {type AnswerOptions, encodeResponse, type WireCandidate, type WirePart} from './response.js';

export function encodeReply(reply: ChatReply, identity: AnswerIdentity, options: AnswerOptions): string {
  const candidates = reply.candidates.map((candidate, index) => encodeCandidate(candidate, index, options));
  return encodeResponse(candidates, reply.usage, options, identity);
}

function encodeCandidate(candidate: Candidate, index: number, options: AnswerOptions): WireCandidate {
  const {finish, logprobs = []} = candidate;
  const avgLogprobs = averageLogprob(logprobs);
  return {
    content: {parts: encodeParts(candidate, options), role: 'model'},
    finishReason: encodeFinishReason(finish),
    index,
    ...(avgLogprobs !== undefined && {avgLogprobs, logprobsResult: encodeLogprobs(logprobs)}),
  };
}

function encodeParts({text, reasoning}: Candidate, {includeThoughts}: AnswerOptions): readonly WirePart[] {
  if (!includeThoughts || reasoning === '') return [{text}];
  return [{text: reasoning, thought: true}, ...(text === '' ? [] : [{text}])];
}
