import {realpathSync} from 'node:fs';
import {Command} from 'commander';
import {RetakeError} from '../../src/errors.js';
import {shellWord} from '../../src/git/driver-settings.js';
import {
  gitStatus,
  type IntegrationChanges,
  type IntegrationStatus,
  installInGit,
  uninstallFromGit,
} from '../../src/git/integration.js';
import type {DefineCommand} from '../input/invocation.js';
import {paint} from '../output/console-lines.js';
import {exitCodes} from '../output/exit-codes.js';
import {printable, printableLine} from '../output/printable.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = ({directory}, finish) => {
  const command = new Command('git').helpCommand(false).addHelpText('after', examples);
  const add = (name: string, summary: string) =>
    command
      .command(name)
      .description(summary)
      .option('--json', 'Print JSON')
      .option('--command <words>', 'Shell command that runs retake (default: this program)')
      .addHelpText('after', `\nExamples:\n  $ retake git ${name}`);
  add('install', 'Install the diff and merge drivers in this clone').action(async (options: Flags) => {
    printChanges(await installInGit(directory, commandFor(options)), options, 'Everything is installed');
  });
  add('uninstall', 'Remove the diff and merge drivers').action(async (options: Flags) => {
    printChanges(await uninstallFromGit(directory), options, 'Nothing is installed');
  });
  add('status', 'Check the diff and merge drivers').action(async (options: Flags) => {
    const status = await gitStatus(directory, commandFor(options));
    if (options.json) writeJson({version: 1, ...status});
    else process.stdout.write(describeStatus(status));
    const isComplete = status.items.every(item => item.isRight) && status.overridden.length === 0;
    if (!isComplete) finish(exitCodes.failure);
  });
  return command;
};

const examples = `
Makes git show cassettes as text and merge them by interaction. Commit
.gitattributes. The commands are part of the configuration of a clone: everyone
runs \`retake git install\` once.

Examples:
  $ npx retake git install
  $ retake git install --command 'npx --no-install retake'
  $ retake git status`;

type Flags = {readonly json?: true; readonly command?: string};

/**
 * The path of this program: it works from every folder and work tree, and starts no npx for each file. The link in node_modules/.bin
 * survives updates, so it is not followed.
 */
function commandFor({command}: Flags): string {
  if (command !== undefined) return command;
  const [, program = ''] = process.argv;
  if (/[\\/]_npx[\\/]/.test(realpathSync(program))) {
    throw new RetakeError('invalid_setting', `npx installed this retake temporarily (${program})`, {
      hint: "Install it (npm install --save-dev retake), or give a command: --command 'npx --yes retake'",
    });
  }
  return shellWord(program);
}

function printChanges({top, changes}: IntegrationChanges, {json}: Flags, unchanged: string): void {
  const lines = changes.length > 0 ? changes : [`${unchanged} (${top})`];
  if (json) writeJson({version: 1, top, changes});
  else process.stdout.write(lines.map(line => `${printable(line)}\n`).join(''));
}

function describeStatus({items, overridden}: IntegrationStatus): string {
  const lines = items.map(({place, name, wanted, found, isRight}) => {
    const mark = isRight
      ? paint('green', 'ok     ', process.stdout)
      : paint('red', 'missing', process.stdout);
    const instead = found !== undefined && !isRight ? `\n           found: ${found}` : '';
    return `${mark}  ${place}  ${printableLine(name === '*.cassette' ? wanted : `${name} = ${wanted}`)}${printable(instead)}`;
  });
  const others = overridden.map(
    line =>
      `${paint('red', 'wrong  ', process.stdout)}  .gitattributes  ${printableLine(line)}: another line takes precedence`,
  );
  const isRight = items.every(item => item.isRight) && overridden.length === 0;
  const advice = isRight ? [] : ['To fix it: retake git install'];
  return [...lines, ...others, ...advice, ''].join('\n');
}
