import {Command} from 'commander';
import {
  type AttachmentList,
  attachmentsIn,
  type Cassette,
  foldChunks,
  type Interaction,
  type ListedInteraction,
  listInteractions,
  RetakeError,
} from '../src/index.js';
import {findCassettes, readCassette} from './cassette-arguments.js';
import {describeInteraction, type ShownInteraction} from './interaction-text.js';
import type {DefineCommand} from './invocation.js';
import {openPictures} from './open-pictures.js';
import {addSettingOptions, configOf} from './setting-options.js';
import {shortKey} from './short-key.js';
import {writeJson} from './write-json.js';

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
      const shown = await findInteraction(paths, wanted);
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

/** Looks through the cassettes; a number is meant within one cassette alone. */
async function findInteraction(paths: readonly string[], wanted: string): Promise<ShownInteraction> {
  const isNumber = /^\d{1,5}$/.test(wanted);
  if (isNumber && paths.length > 1) {
    throw new RetakeError('not_found', `Number ${wanted} could be in any of ${paths.length} cassettes`, {
      hint: `Name one of them: \`retake show ${wanted} ${paths[0]}\`.`,
    });
  }
  const found: {readonly path: string; readonly listed: ListedInteraction}[] = [];
  for (const path of paths) {
    const listed = await readCassette(path, cassette => listInteractions(cassette));
    const isWanted = ({number, key}: ListedInteraction) =>
      isNumber
        ? number === Number(wanted)
        : key.startsWith(wanted) || key.replace(/^\d+:/, '').startsWith(wanted);
    found.push(...listed.filter(isWanted).map(one => ({path, listed: one})));
  }
  const [only, ...others] = found;
  if (!only) {
    throw new RetakeError('not_found', `No interaction of ${paths.join(', ')} is number or key ${wanted}`, {
      hint: '`retake ls` lists what there is.',
    });
  }
  if (others.length > 0) {
    const matches = found.map(({path, listed}) => `${shortKey(listed.key)}  ${path}  ${listed.question}`);
    throw new RetakeError('not_found', `${found.length} interactions have a key that begins with ${wanted}`, {
      hint: `Give more of it, or name the cassette:\n${matches.slice(0, 10).join('\n')}`,
    });
  }
  return readCassette(only.path, cassette => readInteraction(cassette, only.listed));
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
  const attachments = await attachmentsIn(cassette, interaction);
  return {cassette: cassette.name, number, key, request: interaction.view, attachments, takes};
}
