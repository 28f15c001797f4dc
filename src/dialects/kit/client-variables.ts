import type {Environment} from '../dialect.js';

export {placeholderKey} from '../../chat/placeholder-key.js';

/** The variables that are already set: they choose another product or way to sign in, so they are replaced but never introduced. */
export function replaceSet(
  inherited: Environment,
  replacements: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(replacements).filter(([name]) => inherited[name]));
}
