import {type TSchema, TypeGuard} from '@sinclair/typebox';
import {type Places, placesOf} from './places.js';
import {engineVariables, settingGroups} from './settings.js';

/** One setting, and where it can be given. */
export type Setting = {
  /** As the file spells it; `engine.ctxSize` is a member of `engine`. */
  readonly name: string;
  readonly path: readonly [string, ...string[]];
  readonly schema: TSchema;
  /** Its heading in the help. */
  readonly group: string;
  /** `--ctx-size` */
  readonly flag: string | undefined;
  /** The first one that is set wins. */
  readonly variables: readonly string[];
  readonly inFile: boolean;
  readonly places: Places;
};

/** Every setting, in the order of the help. */
export const settingList: readonly Setting[] = Object.entries(settingGroups).flatMap(([group, members]) =>
  Object.entries(members).flatMap(([name, schema]) => listSettings(group, name, schema)),
);

function listSettings(group: string, name: string, schema: TSchema): Setting[] {
  if (!TypeGuard.IsObject(schema)) {
    return [toSetting(group, [name], schema, `RETAKE_${wordsOf(name).join('_').toUpperCase()}`)];
  }
  return Object.entries(engineVariables).map(([member, variable]) =>
    toSetting(group, [name, member], schema.properties[member] ?? schema, variable),
  );
}

function toSetting(
  group: string,
  path: readonly [string, ...string[]],
  schema: TSchema,
  variable: string,
): Setting {
  const places = placesOf(schema);
  return {
    name: path.join('.'),
    path,
    schema,
    group,
    flag: places.flag === false ? undefined : `--${wordsOf(path.at(-1) ?? '').join('-')}`,
    variables: places.variables === false ? [] : (places.variables ?? [variable]),
    inFile: places.file !== false,
    places,
  };
}

function wordsOf(name: string): string[] {
  return name.replaceAll(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`).split(' ');
}
