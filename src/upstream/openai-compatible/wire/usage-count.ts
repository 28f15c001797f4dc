import type {Usage} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';

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

  add({usage, choices}: JsonObject): void {
    const count = decodeUsage(usage);
    if (!count) return;
    this.#last = count;
    if (Array.isArray(choices) && choices.length === 0) this.#perCandidate.push(count);
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

function decodeUsage(usage: JsonValue | undefined): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    completion_tokens_details: details,
  } = usage;
  if (typeof inputTokens !== 'number' || typeof outputTokens !== 'number') return undefined;
  const reasoning = isJsonObject(details) ? details['reasoning_tokens'] : undefined;
  const reasoningTokens = typeof reasoning === 'number' ? reasoning : undefined;
  return omitUndefined({inputTokens, outputTokens, reasoningTokens});
}
