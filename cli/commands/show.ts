import {Command} from 'commander';
import {type AttachmentList, listAttachments} from '../../src/attachments/list-attachments.js';
import type {Cassette, Interaction} from '../../src/cassette/cassette.js';
import {foldChunks} from '../../src/chat/reply.js';
import {RetakeError} from '../../src/errors.js';
import type {ListedInteraction} from '../../src/operations/list-interactions.js';
import {findCassettes, readCassette} from '../input/cassette-arguments.js';
import {findInteraction} from '../input/find-interaction.js';
import type {DefineCommand} from '../input/invocation.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {describeInteraction, type ShownInteraction} from '../output/interaction-text.js';
import {openPictures} from '../output/open-pictures.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = invocation => {
  const command = new Command('show');
  return addSettingOptions(command, ({name}) => name === 'cassette')
    .description('Shows one interaction: what was asked, what was answered, by whom and when.')
    .argument('<interaction>', 'Its number in `retake ls`, or the first digits of its key')
    .argument('[cassette]', 'A file or a folder (default: the configured cassette)')
    .option(
      '--open',
      'Show the pictures of its pages and images, or write them to a folder where the terminal shows none',
    )
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
      const {json, open} = command.opts<{json?: boolean; open?: boolean}>();
      if (json) writeJson({version: 1, ...shown, attachments: withoutBytes(shown.attachments)});
      else process.stdout.write(describeInteraction(shown));
      if (open && !json) {
        const {environment} = invocation;
        const isTerminal = process.stdout.isTTY === true;
        process.stdout.write(await openPictures(shown.attachments, {environment, isTerminal}));
      }
    });
};

const examples = `
Examples:
  $ retake show 3 cassettes/demo.cassette
  $ retake show 5f2a90c1                       any cassette of the configured folder
  $ retake show 3 --open                       with the pictures of what it was about`;

/** What a program can read: whether there is a picture, and of what size. */
function withoutBytes({items, ...rest}: AttachmentList): object {
  return {
    ...rest,
    items: items.map(({thumbnail, ...item}) => ({
      ...item,
      ...(thumbnail && {width: thumbnail.width, height: thumbnail.height}),
      hasPicture: thumbnail !== undefined,
    })),
  };
}

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
  const attachments = await listAttachments(cassette, interaction);
  return {cassette: cassette.name, number, key, request: interaction.view, attachments, takes};
}
