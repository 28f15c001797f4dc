import {parseSettingText} from './parse-text.js';
import {settingList} from './setting-list.js';
import type {GivenSetting} from './setting-source.js';

/** Flags by the name of their setting: text, or a boolean for a flag without a value. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

export function readFlags(flags: Flags): GivenSetting[] {
  return settingList.flatMap(setting => {
    const given = flags[setting.name];
    if (given === undefined || setting.flag === undefined) return [];
    const value = typeof given === 'string' ? parseSettingText(setting.schema, given) : given;
    return [{setting, value, source: {kind: 'flag', flag: setting.flag}}];
  });
}
