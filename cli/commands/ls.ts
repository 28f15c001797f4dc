import {Command} from 'commander';
import {shortKey} from '../../src/cassette/key/short-key.js';
import {type ListedInteraction, listInteractions} from '../../src/operations/list-interactions.js';
import {type CassetteSize, measureCassette} from '../../src/operations/measure-cassette.js';
import {findCassettes, readCassette} from '../input/cassette-arguments.js';
import type {DefineCommand} from '../input/invocation.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {paint} from '../output/console-lines.js';
import {countOf} from '../output/count-of.js';
import {printableLine} from '../output/printable.js';
import {layOutTable} from '../output/table.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = invocation => {
  const command = new Command('ls');
  command
    .argument('[cassette...]', 'Cassette files, folders or databases (default: the configured ones)')
    .option('--sizes', 'Show how many bytes each interaction takes up')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (paths: readonly string[]) => {
      const found = await findCassettes(paths, configOf(command, invocation), invocation);
      const {json, sizes = false} = command.opts<{json?: boolean; sizes?: boolean}>();
      const listings = await Promise.all(found.map(path => list(path, sizes)));
      if (json) writeJson({version: 1, cassettes: listings});
      else process.stdout.write((await Promise.all(listings.map(describeListing))).join('\n'));
    });
  return addSettingOptions(command, ({name}) => name === 'cassette');
};

const examples = `
Lists interactions in the order in which they were recorded.

Examples:
  $ retake ls
  $ retake ls cassettes/*.cassette
  $ retake ls --sizes postgres://db/retake
  $ retake ls --json | jq '.cassettes[].interactions[].question'`;

type Listing = {
  readonly name: string;
  readonly path: string;
  /** With --sizes. */
  readonly bytes?: CassetteSize['bytes'] | undefined;
  readonly interactions: readonly (ListedInteraction & {readonly bytes?: number | undefined})[];
};

async function list(path: string, withSizes: boolean): Promise<Listing> {
  const size = withSizes ? await measureCassette(path) : undefined;
  return readCassette(path, async cassette => {
    const interactions = await listInteractions(cassette);
    if (!size) return {name: cassette.name, path, interactions};
    const measured = interactions.map(one => ({...one, bytes: size.interactions.get(one.key)}));
    return {name: cassette.name, path, bytes: size.bytes, interactions: measured};
  });
}

async function describeListing({path, bytes, interactions}: Listing): Promise<string> {
  const takes = interactions.reduce((sum, {takes}) => sum + takes, 0);
  const counts = `${path}: ${countOf(interactions.length, 'interaction')}, ${countOf(takes, 'take')}`;
  const title = bytes ? `${counts}, ${describeBytes(bytes)}` : counts;
  const table = await layOutTable(
    [
      {title: '#', align: 'right'},
      {title: 'key'},
      {title: 'question', takesRest: true},
      {title: 'model'},
      {title: 'takes', align: 'right'},
      {title: 'tokens', align: 'right'},
      ...(bytes ? [{title: 'size', align: 'right' as const}] : []),
    ],
    interactions.map(({number, key, question, model, takes, usage, error, bytes: own}) => [
      String(number),
      shortKey(key),
      printableLine(question),
      printableLine(model),
      String(takes),
      error !== undefined ? `error ${error}` : usage ? `${usage.inputTokens}+${usage.outputTokens}` : '',
      ...(bytes ? [shortSize(own ?? 0)] : []),
    ]),
    process.stdout.columns,
  );
  return `${paint('bold', printableLine(title), process.stdout)}\n${interactions.length > 0 ? table : ''}`;
}

function describeBytes({requests, answers, attachments}: CassetteSize['bytes']): string {
  const total = shortSize(requests + answers + attachments);
  return `${total} (requests ${shortSize(requests)}, answers ${shortSize(answers)}, attachments ${shortSize(attachments)})`;
}

function shortSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
