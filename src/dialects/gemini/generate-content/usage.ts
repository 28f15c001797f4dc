import type {Usage} from '../../../chat/chunk.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';

export type WireUsage = {
  readonly promptTokenCount?: number;
  readonly candidatesTokenCount?: number;
  readonly totalTokenCount?: number;
  readonly promptTokensDetails?: readonly {readonly modality: string; readonly tokenCount: number}[];
  readonly thoughtsTokenCount?: number;
};

/**
 * The `usageMetadata` that every response carries; empty as long as the counts are unknown. Google counts thoughts beside the
 * candidates' tokens, the neutral form among them. Only where nothing is attached is it known which tokens are text.
 */
export function encodeUsage(
  usage: Usage | undefined,
  {isTextOnly}: {readonly isTextOnly: boolean},
): WireUsage {
  if (usage === undefined) return {};
  const {inputTokens, outputTokens, reasoningTokens} = usage;
  return omitUndefined({
    promptTokenCount: inputTokens,
    candidatesTokenCount: Math.max(outputTokens - (reasoningTokens ?? 0), 0),
    totalTokenCount: inputTokens + outputTokens,
    promptTokensDetails: isTextOnly ? [{modality: 'TEXT', tokenCount: inputTokens}] : undefined,
    thoughtsTokenCount: reasoningTokens,
  });
}
