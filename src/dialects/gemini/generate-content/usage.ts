import type {Usage} from '../../../chat/chunk.js';
import type {JsonObject} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {countIn} from '../../kit/provider-json.js';

export type WireUsage = {
  readonly promptTokenCount?: number;
  readonly candidatesTokenCount?: number;
  readonly totalTokenCount?: number;
  readonly promptTokensDetails?: readonly {readonly modality: string; readonly tokenCount: number}[];
  readonly candidatesTokensDetails?: WireUsage['promptTokensDetails'];
  readonly thoughtsTokenCount?: number;
};

/**
 * The `usageMetadata` of every response; empty while the counts are unknown. Google counts thoughts separately from the candidates'
 * tokens, the neutral form together with them. Only without attachments it is known that all tokens are text.
 */
export function encodeUsage(
  usage: Usage | undefined,
  {isTextOnly}: {readonly isTextOnly: boolean},
): WireUsage {
  if (usage === undefined) return {};
  const {inputTokens, outputTokens, reasoningTokens} = usage;
  const candidatesTokenCount = Math.max(outputTokens - (reasoningTokens ?? 0), 0);
  return omitUndefined({
    promptTokenCount: inputTokens,
    candidatesTokenCount,
    totalTokenCount: inputTokens + outputTokens,
    ...promptDetails(inputTokens, isTextOnly),
    candidatesTokensDetails: textTokens(candidatesTokenCount),
    thoughtsTokenCount: reasoningTokens,
  });
}

/** The `usageMetadata` of a response before the last one, which knows only the prompt. */
export function encodePromptUsage(
  tokens: number | undefined,
  {isTextOnly}: {readonly isTextOnly: boolean},
): WireUsage {
  if (tokens === undefined) return {};
  return {promptTokenCount: tokens, totalTokenCount: tokens, ...promptDetails(tokens, isTextOnly)};
}

function promptDetails(tokens: number, isTextOnly: boolean): Pick<WireUsage, 'promptTokensDetails'> {
  return isTextOnly ? {promptTokensDetails: textTokens(tokens)} : {};
}

function textTokens(tokenCount: number): NonNullable<WireUsage['promptTokensDetails']> {
  return [{modality: 'TEXT', tokenCount}];
}

/** The token usage of a response; undefined while it is unknown. JSON of this API leaves out what is 0. */
export function decodeUsage(usage: JsonObject): Usage | undefined {
  const prompt = countIn(usage['promptTokenCount']);
  if (prompt === undefined) return undefined;
  const reasoningTokens = countIn(usage['thoughtsTokenCount']);
  return omitUndefined({
    inputTokens: prompt + (countIn(usage['toolUsePromptTokenCount']) ?? 0),
    outputTokens: (countIn(usage['candidatesTokenCount']) ?? 0) + (reasoningTokens ?? 0),
    reasoningTokens,
  });
}
