import type {Usage} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';

/**
 * The tokens of one answer. Servers tell a running or a final count, of which the last is right; llama-server alone tells one count
 * for each of several candidates, in events of their own. Cached tokens differ from call to call and are left out.
 */
export class UsageCount {
  readonly #candidates: number;
  readonly #own: Usage[] = [];
  #last: Usage | undefined;

  constructor(candidates: number) {
    this.#candidates = candidates;
  }

  add({usage, choices}: JsonObject): void {
    const count = decodeUsage(usage);
    if (!count) return;
    this.#last = count;
    if (Array.isArray(choices) && choices.length === 0) this.#own.push(count);
  }

  /** As the member of a `reply-end`. */
  total(): {readonly usage?: Usage} {
    const isOneEach = this.#own.length === this.#candidates;
    const usage = isOneEach ? sumOfCandidates(this.#own) : this.#last;
    return usage ? {usage} : {};
  }
}

/** All candidates answer one prompt: its tokens count once. */
export function sumOfCandidates(counts: readonly Usage[]): Usage | undefined {
  const [first] = counts;
  if (!first) return undefined;
  const sum = (tokensOf: (usage: Usage) => number) =>
    counts.reduce((total, usage) => total + tokensOf(usage), 0);
  const reasoningTokens = sum(usage => usage.reasoningTokens ?? 0);
  return {
    inputTokens: first.inputTokens,
    outputTokens: sum(usage => usage.outputTokens),
    ...(counts.some(usage => usage.reasoningTokens !== undefined) && {reasoningTokens}),
  };
}

function decodeUsage(usage: JsonValue | undefined): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    completion_tokens_details: details,
  } = usage;
  if (typeof inputTokens !== 'number' || typeof outputTokens !== 'number') return undefined;
  const reasoningTokens = isJsonObject(details) ? details['reasoning_tokens'] : undefined;
  return {inputTokens, outputTokens, ...(typeof reasoningTokens === 'number' && {reasoningTokens})};
}
