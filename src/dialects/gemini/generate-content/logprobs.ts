import type {TokenChoice, TokenLogprob} from '../../../chat/chunk.js';
import type {JsonObject, JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {notUnderstood} from '../../kit/provider-failure.js';
import {countIn, listIn, objectIn, textIn} from '../../kit/provider-json.js';

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

/** The tokens of a candidate. JSON of this API leaves out what is 0. @throws RetakeError `upstream_failed` */
export function decodeLogprobs(candidate: JsonObject): readonly TokenLogprob[] {
  const {logprobsResult = null} = candidate;
  if (logprobsResult === null) return [];
  const result = objectIn(logprobsResult, 'its logprobsResult');
  const tops = listIn(result, 'topCandidates');
  return listIn(result, 'chosenCandidates').map((chosen, index) => {
    const top = tops[index] ?? {};
    return {
      ...decodeToken(chosen),
      top: listIn(objectIn(top, 'a list of tokens'), 'candidates').map(decodeToken),
    };
  });
}

function decodeToken(value: JsonValue): TokenChoice {
  const chosen = objectIn(value, 'a token');
  const token = textIn(chosen, 'token').toWellFormed();
  const {logProbability: logprob = 0} = chosen;
  if (typeof logprob !== 'number') throw notUnderstood('a log probability is not a number', chosen);
  return omitUndefined({token, id: countIn(chosen['tokenId']), bytes: [...Buffer.from(token)], logprob});
}
