import {Command} from 'commander';
import {type AttachmentList, listAttachments} from '../../src/attachments/list-attachments.js';
import type {Cassette, Interaction} from '../../src/cassette/cassette.js';
import {errorText} from '../../src/cassette/compare/error-text.js';
import {rawText} from '../../src/cassette/compare/raw-text.js';
import {isRaw} from '../../src/cassette/key/redact-wire.js';
import type {TakeAnswer} from '../../src/cassette/take.js';
import {withoutParts} from '../../src/chat/answer-parts.js';
import {omitUndefined} from '../../src/chat/omit-undefined.js';
import {foldChunks} from '../../src/chat/reply.js';
import {wireBody} from '../../src/chat/wire.js';
import {RetakeError} from '../../src/errors.js';
import type {ListedInteraction} from '../../src/operations/list-interactions.js';
import {findCassettes, readCassette} from '../input/cassette-arguments.js';
import {findInteraction} from '../input/find-interaction.js';
import type {DefineCommand} from '../input/invocation.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {describeInteraction, type ShownInteraction, type ShownTake} from '../output/interaction-text.js';
import {openPictures} from '../output/open-pictures.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = invocation => {
  const command = new Command('show');
  command
    .argument('<interaction>', 'Number in `retake ls`, or the first digits of the key')
    .argument('[cassette]', 'Cassette file, folder or database (default: the configured one)')
    .option('--open', 'Show its images in the terminal, or write them to a folder')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (wanted: string, path: string | undefined) => {
      const paths = await findCassettes(
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
  return addSettingOptions(command, ({name}) => name === 'cassette');
};

const examples = `
Examples:
  $ retake show 3 cassettes/demo.cassette
  $ retake show 5f2a90c1
  $ retake show 3 --open       with thumbnails of its pages and images`;

/** The attachments for JSON: the size of each thumbnail instead of its bytes. */
function withoutBytes({items, ...rest}: AttachmentList): object {
  return {
    ...rest,
    items: items.map(({thumbnail, ...item}) =>
      omitUndefined({
        ...item,
        width: thumbnail?.width,
        height: thumbnail?.height,
        hasPicture: thumbnail !== undefined,
      }),
    ),
  };
}

/** The provider's own answer: what form it has, and all of it if there is nothing else. */
function shownWire(take: TakeAnswer): Pick<ShownTake, 'wire' | 'raw' | 'error'> {
  const {wire, error} = take;
  const failed = error && {error, raw: errorText(error, wire)};
  if (!wire) return {...failed};
  const {dialect, delivery, status, headers} = wire;
  const form = {dialect, delivery, status, headers, bytes: wireBody(wire).length};
  if (failed) return {wire: form, ...failed};
  return isRaw(take) ? {wire: form, raw: rawText(wire)} : {wire: form};
}

async function readInteraction(
  cassette: Cassette,
  {key, number}: ListedInteraction,
): Promise<ShownInteraction> {
  const interaction: Interaction | undefined = await cassette.find(key);
  if (!interaction)
    throw new RetakeError('not_found', `The interaction was removed from ${cassette.name} meanwhile`);
  const takes = await Promise.all(
    interaction.takes.map(async ({chunks, provenance, wire, error}) => ({
      provenance,
      ...shownWire({chunks, wire, error}),
      reply: withoutParts(await foldChunks(chunks.map(({chunk}) => chunk))),
      chunks: chunks.length,
      milliseconds: chunks.at(-1)?.at ?? 0,
    })),
  );
  const attachments = await listAttachments(cassette, interaction);
  return {cassette: cassette.name, number, key, request: interaction.view, attachments, takes};
}
