import {suggestName} from './nearest-name.js';
import {parseSettingText} from './parse-text.js';
import {settingList} from './setting-list.js';
import type {GivenSetting} from './setting-source.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** RETAKE_ variables that are not settings: the path of the file, variables of `retake run` for its command, stack traces. */
const otherVariables = ['RETAKE_CONFIG', 'RETAKE_URL', 'RETAKE_DEBUG'];

/** The settings in the environment; empty variables count as absent. */
export function readVariables(environment: Environment): GivenSetting[] {
  return settingList.flatMap(setting => {
    const name = setting.variables.find(variable => environment[variable]);
    const text = name && environment[name];
    if (!name || !text) return [];
    return [{setting, value: parseSettingText(setting.schema, text), source: {kind: 'variable', name}}];
  });
}

/**
 * A sentence about each RETAKE_ variable that has no meaning. It is no error: the environment belongs to every program of a machine, and
 * another version of retake may know the variable.
 */
export function unknownVariables(environment: Environment): readonly string[] {
  const known = [...settingList.flatMap(setting => setting.variables), ...otherVariables];
  return Object.keys(environment)
    .filter(name => name.startsWith('RETAKE_') && !known.includes(name) && environment[name])
    .map(name => `Unknown variable \`${name}\` is ignored${suggestName(name, known)}`);
}
