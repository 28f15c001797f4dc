import type {TokenChoice, TokenLogprob} from '../../../chat/chunk.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';

export type WireLogprobsResult = {
  readonly topCandidates?: readonly {readonly candidates: readonly WireToken[]}[];
  readonly chosenCandidates: readonly WireToken[];
  readonly logProbabilitySum: number;
};
type WireToken = {readonly token: string; readonly tokenId?: number; readonly logProbability: number};

export function encodeLogprobs(tokens: readonly TokenLogprob[]): WireLogprobsResult {
  return omitUndefined({
    topCandidates: tokens.some(({top}) => top.length > 0)
      ? tokens.map(({top}) => ({candidates: top.map(encodeToken)}))
      : undefined,
    chosenCandidates: tokens.map(encodeToken),
    logProbabilitySum: sumOf(tokens),
  });
}

/** The average log probability of an answer's tokens; undefined for an answer without any. */
export function averageLogprob(tokens: readonly TokenLogprob[]): number | undefined {
  return tokens.length === 0 ? undefined : sumOf(tokens) / tokens.length;
}

function sumOf(tokens: readonly TokenLogprob[]): number {
  return tokens.reduce((sum, {logprob}) => sum + logprob, 0);
}

function encodeToken({token, id, logprob}: TokenChoice): WireToken {
  return omitUndefined({token, tokenId: id, logProbability: logprob});
}
