import type {Environment} from '../dialect.js';

/** Takes the place of a real API key: a local model needs none, and an application cannot leak a key that it does not have. */
export const placeholderKey = 'retake-placeholder';

/** The variables that are already set: they choose another product or way to sign in, so they are replaced but never introduced. */
export function replaceSet(
  inherited: Environment,
  replacements: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(replacements).filter(([name]) => inherited[name]));
}
