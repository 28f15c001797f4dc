import type {JsonValue} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';
import {runBounded} from './bounded-patterns.js';
import type {IgnoreRule} from './key-settings.js';

type Ignorer = (value: JsonValue) => JsonValue;

/** Ignore rules in bounded time. If that is not enough, the one that takes it is looked for, to be named. */
export function boundIgnorer(
  rules: readonly IgnoreRule[],
  create: (rules: readonly IgnoreRule[]) => Ignorer,
): Ignorer {
  const ignoreIn = create(rules);
  const patterns = rules.filter(rule => typeof rule !== 'object' || 'pattern' in rule);
  if (patterns.length === 0) return ignoreIn;
  return value => {
    try {
      return runBounded(value, begin => {
        begin('`ignore`');
        return ignoreIn(value);
      });
    } catch (error) {
      if (!(error instanceof RetakeError)) throw error;
      for (const rule of patterns) {
        runBounded(value, begin => {
          begin(`\`ignore\` ${JSON.stringify(rule)}`);
          return create([rule])(value);
        });
      }
      throw error;
    }
  };
}
