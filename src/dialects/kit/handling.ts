import type {TOptionalWithFlag, TSchema} from '@sinclair/typebox';
import type {JsonValue} from '../../chat/json.js';

/**
 * What a dialect does with a field of its API. A schema carries it as its member `handling`; fields without one are `neutral`.
 * - `neutral`: translated, and part of the key
 * - `extras`: passed on as it came, and part of the key
 * - `ignored`: cannot change an answer
 * - `unserved`: only the provider can do it; part of the key, not sent on, and the client gets a warning
 * - `refused`: an error, unless its value means the same as leaving it out
 */
export type Handling = 'neutral' | 'extras' | 'ignored' | 'unserved' | 'refused';

export type Handled<How extends Handling> = {
  readonly handling: How;
  /** Values of a refused field that mean the same as leaving it out. */
  readonly sameAsAbsent: readonly JsonValue[];
};

/** A field that may be left out. */
export type OptionalField<Schema extends TSchema, How extends Handling> = TOptionalWithFlag<Schema, true> &
  Handled<How>;

/** The same schema, marked. */
export function handled<Schema extends TSchema, How extends Handling>(
  schema: Schema,
  handling: How,
  sameAsAbsent: readonly JsonValue[] = [],
): Schema & Handled<How> {
  return Object.assign(schema, {handling, sameAsAbsent});
}

export function handlingOf(schema: TSchema): Handling {
  return schema['handling'] ?? 'neutral';
}
