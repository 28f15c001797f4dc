import {spokenLogprobs} from '../../../chat/answer-parts.js';
import type {Candidate, ChatReply} from '../../../chat/reply.js';
import type {AnswerIdentity} from '../../dialect.js';
import {encodeParts} from './encode-parts.js';
import {encodeCalls, encodeEnding} from './function-call.js';
import {averageLogprob, encodeLogprobs} from './logprobs.js';
import {type AnswerOptions, encodeResponse, type WireCandidate} from './response.js';
import {encodeUsage} from './usage.js';

export function encodeReply(reply: ChatReply, identity: AnswerIdentity, options: AnswerOptions): string {
  const candidates = reply.candidates.map((candidate, index) =>
    encodeCandidate(candidate, index, options, identity),
  );
  return encodeResponse(candidates, encodeUsage(reply.usage, options), options, identity);
}

function encodeCandidate(
  candidate: Candidate,
  index: number,
  options: AnswerOptions,
  identity: AnswerIdentity,
): WireCandidate {
  const {finish} = candidate;
  const logprobs = spokenLogprobs(candidate) ?? [];
  const avgLogprobs = averageLogprob(logprobs);
  const calls = encodeCalls(candidate.toolCalls, index, identity, options);
  return {
    content: {parts: encodeParts(candidate.parts, calls, options), role: 'model'},
    ...encodeEnding(finish, calls),
    index,
    ...(avgLogprobs !== undefined && {avgLogprobs, logprobsResult: encodeLogprobs(logprobs)}),
  };
}
