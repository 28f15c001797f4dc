import type {Command} from 'commander';
import {type Setting, settingList} from '../../src/config/setting-list.js';

/** The manual page of the program in roff, made from the help of its commands. */
export function manPage(program: Command): string {
  const help = program.createHelp();
  const commands = help.visibleCommands(program).filter(command => program.commands.includes(command));
  const groups = new Set(commands.map(command => command.helpGroup()));
  const lines = [
    `.TH RETAKE 1 "" "retake ${program.version()}" "User Commands"`,
    '.SH NAME',
    `retake \\- ${escapeRoff(program.description())}`,
    '.SH SYNOPSIS',
    `retake ${escapeRoff(program.usage())}`,
    '.SH OPTIONS',
    ...describeOptions(program),
    ...[...groups].flatMap(group => [
      `.SH "${escapeRoff(group.replace(/:$/, '').toUpperCase())}"`,
      ...commands.filter(command => command.helpGroup() === group).flatMap(describeCommand),
    ]),
    '.SH SETTINGS',
    'Flags take precedence over environment variables, and these over retake.config.json. A flag without a value has a negative form, such as \\-\\-no\\-quiet.',
    ...describeSettings(),
  ];
  return `${lines.join('\n')}\n`;
}

function describeCommand(command: Command): string[] {
  const help = command.createHelp();
  const settings = command.options.filter(({long, negate}) => isSetting(long) && !negate);
  return [
    `.SS "${escapeRoff(help.commandUsage(command))}"`,
    escapeRoff(command.description()),
    ...command.registeredArguments.flatMap(argument =>
      item(help.argumentTerm(argument), help.argumentDescription(argument)),
    ),
    ...describeOptions(command),
    ...(settings.length > 0
      ? item('Settings (see SETTINGS)', settings.map(({long}) => long).join(', '))
      : []),
    ...describeDetails(command),
    ...command.commands.flatMap(describeCommand),
  ];
}

function describeOptions(command: Command): string[] {
  const help = command.createHelp();
  return help
    .visibleOptions(command)
    .filter(({long}) => !isSetting(long) && (long !== '--help' || command.parent === null))
    .flatMap(option => item(help.optionTerm(option), help.optionDescription(option)));
}

/** The text that the help adds after the options. */
function describeDetails(command: Command): string[] {
  let text = '';
  command.configureOutput({
    writeOut(part) {
      text += part;
    },
  });
  command.outputHelp();
  const details = text.slice(command.helpInformation().length).trim();
  return details.split(/\n{2,}/).flatMap(block => {
    const lines = block.split('\n').map(escapeRoff);
    return lines.some(line => line.startsWith(' ')) ? ['.PP', '.nf', ...lines, '.fi'] : ['.PP', ...lines];
  });
}

function describeSettings(): string[] {
  const groups = new Set(settingList.map(({group}) => group));
  return [...groups].flatMap(group => [
    `.SS "${escapeRoff(group)}"`,
    ...settingList.filter(setting => setting.group === group).flatMap(describeSetting),
  ]);
}

function describeSetting({flag, variables, inFile, name, schema}: Setting): string[] {
  const places = [...variables, ...(inFile ? [`${name} in retake.config.json`] : [])];
  const byDefault = schema.default === undefined ? [] : [`Default: ${JSON.stringify(schema.default)}`];
  return [
    ...item(flag ?? name, schema.description ?? ''),
    '.br',
    escapeRoff([...byDefault, `Also: ${places.join(', ')}`].join('. ')),
  ];
}

function isSetting(long: string | undefined): boolean {
  return settingList.some(({flag}) => flag !== undefined && long?.replace(/^--no-/, '--') === flag);
}

function item(term: string, description: string): string[] {
  return ['.TP', `.B ${escapeRoff(term)}`, escapeRoff(description)];
}

/** Text as roff prints it: no escapes, no requests, and dashes that can be copied. */
function escapeRoff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replace(/^([.'])/, '\\&$1')
    .replaceAll(/[^\0-\x7f]/gu, character => `\\[u${codeOf(character)}]`);
}

function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
