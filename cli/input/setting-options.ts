import {type Command, Option} from 'commander';
import {type Config, loadConfig} from '../../src/config/load-config.js';
import {type Setting, settingList} from '../../src/config/setting-list.js';
import type {Invocation} from './invocation.js';

/** Gives a command the flags of these settings (default: of all), and `--config`. */
export function addSettingOptions(
  command: Command,
  isWanted: (setting: Setting) => boolean = () => true,
): Command {
  for (const setting of settingList.filter(isWanted)) {
    for (const option of optionsOf(setting)) command.addOption(option);
  }
  return command.addOption(
    new Option(
      '--config <file>',
      'The configuration file (default: retake.config.json here or above)',
    ).helpGroup('Settings:'),
  );
}

/** The configuration, with the flags that the command was given. */
export function configOf(command: Command, {environment, directory}: Invocation): Config {
  const given = command.opts<Record<string, string | boolean | undefined>>();
  const flags = Object.fromEntries(
    settingList.map(({name, flag}) => [name, flag && given[attributeOf(flag)]]),
  );
  const file = given['config'];
  return loadConfig({flags, environment, directory, ...(typeof file === 'string' && {file})});
}

function optionsOf({flag, schema, group, places}: Setting): Option[] {
  if (flag === undefined) return [];
  const heading = `${group}:`;
  const description = `${schema.description ?? ''}${describeDefault(schema.default)}`;
  if (schema['type'] === 'boolean') {
    return [
      new Option(flag, description).helpGroup(heading),
      new Option(flag.replace(/^--/, '--no-')).helpGroup(heading).hideHelp(),
    ];
  }
  const option = new Option(`${flag} <${places.placeholder ?? 'number'}>`, description).helpGroup(heading);
  if (schema['type'] === 'array') {
    option.argParser((value: string, previous: string | undefined) =>
      previous === undefined ? value : `${previous},${value}`,
    );
  }
  return [option];
}

function describeDefault(value: unknown): string {
  if (value === undefined || value === false) return '';
  return Array.isArray(value) ? ' (default: none)' : ` (default: ${String(value)})`;
}

function attributeOf(flag: string): string {
  return new Option(flag).attributeName();
}
