import type {Usage} from '../../chat/chunk.js';
import type {Finding} from './change-verdict.js';

/** A difference in tokens counts if it exceeds both limits. */
export type TokenTolerance = {
  /** The share of what was used before: 0.2 is a fifth. */
  readonly share: number;
  readonly least: number;
};

export const defaultTokenTolerance: TokenTolerance = {share: 0.2, least: 20};

export function compareUsage(
  before: Usage | undefined,
  after: Usage | undefined,
  {share, least}: TokenTolerance,
): readonly Finding[] {
  if (!before || !after) {
    if (before === after) return [];
    return [
      {
        verdict: 'tokens',
        sentence: after ? 'there was no usage, now there is' : 'there was usage, now there is none',
      },
    ];
  }
  return counts.flatMap(({name, label}): readonly Finding[] => {
    const [used, uses] = [before[name] ?? 0, after[name] ?? 0];
    const difference = Math.abs(uses - used);
    if (difference <= least || difference <= share * used) return [];
    return [{verdict: 'tokens', sentence: `${label}: ${used} tokens, now ${uses}`}];
  });
}

const counts = [
  {name: 'inputTokens', label: 'input'},
  {name: 'outputTokens', label: 'output'},
  {name: 'reasoningTokens', label: 'reasoning'},
] as const;
