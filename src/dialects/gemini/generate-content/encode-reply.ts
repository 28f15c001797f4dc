import {spokenLogprobs, spokenText} from '../../../chat/answer-parts.js';
import type {Candidate, ChatReply} from '../../../chat/reply.js';
import type {AnswerIdentity} from '../../dialect.js';
import {encodeCalls, encodeEnding} from './function-call.js';
import {averageLogprob, encodeLogprobs} from './logprobs.js';
import {type AnswerOptions, encodeResponse, type WireCandidate, type WirePart} from './response.js';
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
    content: {parts: encodeParts(candidate, calls ?? [], options), role: 'model'},
    ...encodeEnding(finish, calls),
    index,
    ...(avgLogprobs !== undefined && {avgLogprobs, logprobsResult: encodeLogprobs(logprobs)}),
  };
}

/** An empty candidate still has one empty part. */
function encodeParts(
  candidate: Candidate,
  calls: readonly WirePart[],
  {includeThoughts}: AnswerOptions,
): readonly WirePart[] {
  const {reasoning} = candidate;
  const text = spokenText(candidate);
  const thoughts: readonly WirePart[] =
    includeThoughts && reasoning !== '' ? [{text: reasoning, thought: true}] : [];
  const others = [...thoughts, ...calls];
  return text === '' && others.length > 0 ? others : [...thoughts, {text}, ...calls];
}
