import type {Usage} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {NormalChunk} from './normalize-chunk.js';

/**
 * The token usage of one answer. Servers send running or final counts, of which the last one is right; only llama-server sends one count
 * for each candidate, in separate events. Cached tokens differ from request to request and are left out.
 */
export class UsageCount {
  readonly #candidates: number;
  readonly #perCandidate: Usage[] = [];
  #last: Usage | undefined;

  constructor(candidates: number) {
    this.#candidates = candidates;
  }

  add({usage, isUsageOnly}: Pick<NormalChunk, 'usage' | 'isUsageOnly'>): void {
    const count = usage && decodeUsage(usage);
    if (!count) return;
    this.#last = count;
    if (isUsageOnly) this.#perCandidate.push(count);
  }

  total(): Usage | undefined {
    const hasOneEach = this.#perCandidate.length === this.#candidates;
    return hasOneEach ? sumOfCandidates(this.#perCandidate) : this.#last;
  }
}

/** All candidates answer one prompt, whose tokens count once. */
export function sumOfCandidates(counts: readonly Usage[]): Usage | undefined {
  const [first] = counts;
  if (!first) return undefined;
  const sum = (tokensOf: (usage: Usage) => number) =>
    counts.reduce((total, usage) => total + tokensOf(usage), 0);
  const hasReasoning = counts.some(usage => usage.reasoningTokens !== undefined);
  return omitUndefined({
    inputTokens: first.inputTokens,
    outputTokens: sum(usage => usage.outputTokens),
    reasoningTokens: hasReasoning ? sum(usage => usage.reasoningTokens ?? 0) : undefined,
  });
}

/** Counts under OpenAI's names, or those of its newer API. A missing count of the output is what the total leaves. */
export function decodeUsage(usage: JsonObject): Usage | undefined {
  const inputTokens = countIn(usage['prompt_tokens'] ?? usage['input_tokens']);
  const total = countIn(usage['total_tokens']);
  const rest = total === undefined || inputTokens === undefined ? undefined : total - inputTokens;
  const outputTokens = countIn(usage['completion_tokens'] ?? usage['output_tokens'] ?? rest);
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const details = usage['completion_tokens_details'] ?? usage['output_tokens_details'];
  const reasoningTokens = isJsonObject(details) ? countIn(details['reasoning_tokens']) : undefined;
  return omitUndefined({inputTokens, outputTokens, reasoningTokens});
}

function countIn(value: JsonValue | undefined): number | undefined {
  const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}
