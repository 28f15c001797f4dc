import type {Command} from 'commander';

/** The Markdown reference of the command line: the help of every command below the groups of the program's help. */
export function commandsPage(program: Command): string {
  const help = program.createHelp();
  const commands = help.visibleCommands(program).filter(command => program.commands.includes(command));
  const groups = new Set(commands.map(command => command.helpGroup()));
  return [
    '# Command line',
    'Generated from the help of the program: `retake help COMMAND` prints the same. Every setting is also a flag of the commands that use it: see [Settings](settings.md).',
    ...[...groups].flatMap(group => [
      `## ${group.replace(/:$/, '')}`,
      ...commands.filter(command => command.helpGroup() === group).flatMap(command => describe(command, 3)),
    ]),
    '',
  ].join('\n\n');
}

function describe(command: Command, level: number): string[] {
  return [
    `${'#'.repeat(level)} retake ${pathOf(command)}`,
    `\`\`\`\n${helpOf(command).trimEnd()}\n\`\`\``,
    ...command.commands.flatMap(sub => describe(sub, level + 1)),
  ];
}

function pathOf(command: Command): string {
  const {parent} = command;
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name();
}

/** As `--help` prints it into a pipe, where lines have 80 columns. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut(part) {
      text += part;
    },
    getOutHasColors: () => false,
    getOutHelpWidth: () => 80,
  });
  command.outputHelp();
  return text;
}
