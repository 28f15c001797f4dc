import {resolve} from 'node:path';
import {Command} from 'commander';
import {configFileName, findConfigFile, readConfigFile} from '../../src/config/config-file.js';
import {distrustFile, trustFile} from '../../src/config/trusted-files.js';
import {RetakeError} from '../../src/errors.js';
import type {DefineCommand, Invocation} from '../input/invocation.js';
import {printable} from '../output/printable.js';

export const define: DefineCommand = invocation => {
  const command = new Command('trust');
  command
    .argument('[file]', `Configuration file (default: the ${configFileName} that applies here)`)
    .option('--remove', 'Trust the file no longer')
    .addHelpText('after', examples)
    .action(async (file: string | undefined) => {
      const {remove = false} = command.opts<{remove?: boolean}>();
      process.stdout.write(printable(await change(file, remove, invocation)));
    });
  return command;
};

const examples = `
Allows retake to send your credentials to the servers that this file names. It
holds for the present content of the file: after a change, run it again.

Examples:
  $ retake trust
  $ retake trust --remove`;

async function change(
  file: string | undefined,
  remove: boolean,
  {directory, environment}: Invocation,
): Promise<string> {
  const path = file === undefined ? findConfigFile(directory) : resolve(directory, file);
  if (path === undefined) {
    throw new RetakeError('not_found', `There is no ${configFileName} here`, {
      hint: 'Name the file: retake trust FILE',
    });
  }
  const settings = readConfigFile(path);
  if (remove) {
    return (await distrustFile(path, environment))
      ? `${path} is not trusted any more\n`
      : `${path} was not trusted\n`;
  }
  const named = settings.filter(({setting}) => reaching.has(setting.name));
  const lines = named.map(({setting, value}) => `  ${setting.name}: ${JSON.stringify(value)}\n`);
  const isNew = await trustFile(path, environment);
  return `${path} is ${isNew ? 'trusted now' : 'trusted already'}\n${lines.join('')}`;
}

/** The settings that say where something is sent, fetched from, or run. */
const reaching = new Set([
  'upstream',
  'upstreamGemini',
  'upstreamOpenai',
  'upstreamAnthropic',
  'modelUrl',
  'mmprojUrl',
  'llamaServer',
  'python',
  'allowUrl',
  'mediaRoot',
]);
