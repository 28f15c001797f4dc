import {Command} from 'commander';
import {
  type Cassette,
  foldChunks,
  type Interaction,
  type ListedInteraction,
  RetakeError,
} from '../src/index.js';
import {findCassettes, readCassette} from './cassette-arguments.js';
import {findInteraction} from './find-interaction.js';
import {describeInteraction, type ShownInteraction} from './interaction-text.js';
import type {DefineCommand} from './invocation.js';
import {addSettingOptions, configOf} from './setting-options.js';
import {writeJson} from './write-json.js';

export const define: DefineCommand = invocation => {
  const command = new Command('show');
  return addSettingOptions(command, ({name}) => name === 'cassette')
    .description('Shows one interaction: what was asked, what was answered, by whom and when.')
    .argument('<interaction>', 'Its number in `retake ls`, or the first digits of its key')
    .argument('[cassette]', 'A file or a folder (default: the configured cassette)')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (wanted: string, path: string | undefined) => {
      const paths = findCassettes(
        path === undefined ? [] : [path],
        configOf(command, invocation),
        invocation,
      );
      const {path: found, listed} = await findInteraction(paths, wanted);
      const shown = await readCassette(found, cassette => readInteraction(cassette, listed));
      if (command.opts<{json?: boolean}>().json) writeJson({version: 1, ...shown});
      else process.stdout.write(describeInteraction(shown));
    });
};

const examples = `
Examples:
  $ retake show 3 cassettes/demo.cassette
  $ retake show 5f2a90c1                       any cassette of the configured folder`;

async function readInteraction(
  cassette: Cassette,
  {key, number}: ListedInteraction,
): Promise<ShownInteraction> {
  const interaction: Interaction | undefined = await cassette.find(key);
  if (!interaction) throw new RetakeError('not_found', `${cassette.name} was changed meanwhile`);
  const takes = await Promise.all(
    interaction.takes.map(async ({chunks, provenance}) => ({
      provenance,
      reply: await foldChunks(chunks.map(({chunk}) => chunk)),
      chunks: chunks.length,
      milliseconds: chunks.at(-1)?.at ?? 0,
    })),
  );
  return {cassette: cassette.name, number, key, request: interaction.view, takes};
}
