import {type Command, Option} from 'commander';
import {type Config, loadConfig} from '../../src/config/load-config.js';
import {type Setting, settingList} from '../../src/config/setting-list.js';
import {noticeLine} from '../output/json-lines.js';
import type {Invocation} from './invocation.js';

/** The settings that `--help` shows of a command with more than `mostShown`; `--help-all` shows the rest. */
const commonSettings = new Set([
  'host',
  'port',
  'mode',
  'cassette',
  'pace',
  'model',
  'upstream',
  'log',
  'quiet',
]);
const mostShown = 12;

const heading = 'Settings:';

/** Gives a command the flags of these settings (default: of all), and `--config`. Call it after the command's own options. */
export function addSettingOptions(
  command: Command,
  isWanted: (setting: Setting) => boolean = () => true,
): Command {
  const takesCassette = settingList.some(setting => setting.name === 'cassette' && isWanted(setting));
  const isGiven = (setting: Setting) =>
    isWanted(setting) || (takesCassette && setting.name === 'followLinks');
  const settings = settingList.filter(setting => setting.flag !== undefined && isGiven(setting));
  const isShown = ({name}: Setting) => settings.length <= mostShown || commonSettings.has(name);
  command.option('--config <file>', 'Configuration file (default: retake.config.json)');
  if (!settings.every(isShown)) {
    command
      .option('--help-all', 'Print this help with all settings')
      .on('option:help-all', () => showAllSettings(command).help());
  }
  for (const setting of settings) {
    for (const option of optionsOf(setting)) {
      command.addOption(isShown(setting) ? option : option.hideHelp());
    }
  }
  return command;
}

/** Lets the help of a command show every setting, below the headings of the groups. */
export function showAllSettings(command: Command): Command {
  const groups = new Map(settingList.map(({flag, group}) => [flag, group]));
  for (const option of command.options) {
    const group = groups.get(option.long ?? undefined);
    if (group !== undefined) option.hideHelp(false).helpGroup(`${group}:`);
  }
  return command;
}

/** The configuration, with the flags that the command was given. */
export function configOf(command: Command, {environment, directory}: Invocation): Config {
  const given = command.opts<Record<string, string | boolean | undefined>>();
  const flags = Object.fromEntries(
    settingList.map(({name, flag}) => [name, flag && given[attributeOf(flag)]]),
  );
  const file = given['config'];
  const config = loadConfig({
    flags,
    environment,
    directory,
    file: typeof file === 'string' ? file : undefined,
  });
  for (const warning of config.warnings) process.stderr.write(`${noticeLine(warning, config)}\n`);
  return config;
}

function optionsOf({flag = '', schema, places}: Setting): Option[] {
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
  if (value === undefined || value === false || Array.isArray(value)) return '';
  return ` (default: ${String(value)})`;
}

function attributeOf(flag: string): string {
  return new Option(flag).attributeName();
}
