import type {TSchema} from '@sinclair/typebox';

/** Where a setting can be given, as far as it departs from the rule: `--its-name`, `RETAKE_ITS_NAME`, and the file. */
export type Places = {
  readonly flag?: false;
  readonly file?: false;
  /** The variables that give it, the first one winning; `false` for none. */
  readonly variables?: readonly [string, ...string[]] | false;
  /** What stands for the value in the help: `--port <number>`. */
  readonly placeholder?: string;
  /** A path, taken from the folder of the place that it is written in; `model` values that name a catalogue entry are none. */
  readonly path?: 'always' | 'when-it-looks-like-one';
  /** What a text with a pattern has to be, in words. */
  readonly expected?: string;
  /** Its value is never printed. */
  readonly secret?: true;
};

/** Options of a TypeBox schema that say where the setting can be given. */
export function given(places: Places): {readonly places: Places} {
  return {places};
}

export function placesOf(schema: TSchema): Places {
  const places: Places | undefined = schema['places'];
  return places ?? {};
}
