import type {FinishReason, TokenLogprob, Usage} from '../../../src/chat/chunk.js';
import type {WireCandidate, WireResponse} from '../../../src/dialects/gemini/generate-content/response.js';

/** What a Gemini client can read in an answer, from one response or from all responses of a stream. */
export type SeenAnswer = {
  readonly candidates: readonly SeenCandidate[];
  readonly usage?: Usage;
};
export type SeenCandidate = {
  text: string;
  reasoning: string;
  logprobs?: TokenLogprob[];
  calls?: unknown[];
  finish?: string;
  average?: number;
};

export function foldResponses(responses: readonly WireResponse[]): SeenAnswer {
  const candidates: SeenCandidate[] = [];
  for (const response of responses) {
    for (const candidate of response.candidates) {
      const seen = candidates[candidate.index] ?? {text: '', reasoning: ''};
      candidates[candidate.index] = seen;
      see(seen, candidate);
    }
  }
  const {promptTokenCount, candidatesTokenCount, thoughtsTokenCount} = responses.at(-1)?.usageMetadata ?? {};
  if (promptTokenCount === undefined || candidatesTokenCount === undefined) return {candidates};
  const usage = {
    inputTokens: promptTokenCount,
    outputTokens: candidatesTokenCount + (thoughtsTokenCount ?? 0),
    ...(thoughtsTokenCount !== undefined && {reasoningTokens: thoughtsTokenCount}),
  };
  return {candidates, usage};
}

function see(seen: SeenCandidate, {content, finishReason, avgLogprobs, logprobsResult}: WireCandidate): void {
  for (const part of content.parts) {
    if ('functionCall' in part) seen.calls = [...(seen.calls ?? []), part.functionCall];
    else if (part.thought === true) seen.reasoning += part.text;
    else seen.text += part.text;
  }
  if (finishReason !== undefined) seen.finish = finishReason;
  if (avgLogprobs !== undefined) seen.average = avgLogprobs;
  for (const [place, {token, tokenId, logProbability}] of (
    logprobsResult?.chosenCandidates ?? []
  ).entries()) {
    seen.logprobs ??= [];
    const top = logprobsResult?.topCandidates?.[place]?.candidates ?? [];
    seen.logprobs.push({
      ...choiceOf({token, logProbability, ...(tokenId !== undefined && {tokenId})}),
      top: top.map(choiceOf),
    });
  }
}

function choiceOf({
  token,
  tokenId,
  logProbability,
}: {
  token: string;
  tokenId?: number;
  logProbability: number;
}) {
  return {token, ...(tokenId !== undefined && {id: tokenId}), bytes: [], logprob: logProbability};
}

const words: Readonly<Record<FinishReason['unified'], string>> = {
  stop: 'STOP',
  'tool-calls': 'STOP',
  length: 'MAX_TOKENS',
  'content-filter': 'SAFETY',
  'malformed-tool-call': 'MALFORMED_FUNCTION_CALL',
  other: 'OTHER',
};

export function wordFor({unified}: FinishReason): string {
  return words[unified];
}
