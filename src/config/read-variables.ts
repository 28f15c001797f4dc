import {RetakeError} from '../errors.js';
import {suggestName} from './nearest-name.js';
import {parseSettingText} from './parse-text.js';
import {settingList} from './setting-list.js';
import type {GivenSetting} from './setting-source.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** RETAKE_ variables that are not settings: the path of the file, variables of `retake run` for its command, stack traces. */
const otherVariables = ['RETAKE_CONFIG', 'RETAKE_URL', 'RETAKE_DEBUG'];

/**
 * The settings in the environment; empty variables count as absent.
 * @throws RetakeError `invalid_setting` for an unknown RETAKE_ variable.
 */
export function readVariables(environment: Environment): GivenSetting[] {
  const known = [...settingList.flatMap(setting => setting.variables), ...otherVariables];
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('RETAKE_') || known.includes(name) || !environment[name]) continue;
    throw new RetakeError('invalid_setting', `Unknown variable \`${name}\`${suggestName(name, known)}`, {
      hint: 'Unset it, or see `retake serve --help` for the settings.',
    });
  }
  return settingList.flatMap(setting => {
    const name = setting.variables.find(variable => environment[variable]);
    const text = name && environment[name];
    if (!name || !text) return [];
    return [{setting, value: parseSettingText(setting.schema, text), source: {kind: 'variable', name}}];
  });
}
