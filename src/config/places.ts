import type {TSchema} from '@sinclair/typebox';

/** Where a setting can be given, if not in the usual places: `--its-name`, `RETAKE_ITS_NAME`, and the file. */
export type Places = {
  readonly flag?: false;
  readonly file?: false;
  /** Its environment variables; the first that is set wins. `false` for none. */
  readonly variables?: readonly [string, ...string[]] | false;
  /** The placeholder of the value in the help: `--port <number>`. */
  readonly placeholder?: string;
  /** A path, relative to the folder of its source. Names of catalogue models are not paths. */
  readonly path?: 'always' | 'when-it-looks-like-one';
  /** The pattern of a text in words. */
  readonly expected?: string;
  /** Its value is never printed. */
  readonly secret?: true;
};

/** TypeBox options with the places of a setting. */
export function given(places: Places): {readonly places: Places} {
  return {places};
}

export function placesOf(schema: TSchema): Places {
  const places: Places | undefined = schema['places'];
  return places ?? {};
}
