import type {Provenance} from './take.js';

/** The model of a take that a person wrote. No upstream has such a name. */
export const handWritten = 'written by hand';

export function isHandWritten({model}: Pick<Provenance, 'model'>): boolean {
  return model === handWritten;
}
