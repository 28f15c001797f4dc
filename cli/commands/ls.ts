import {Command} from 'commander';
import {shortKey} from '../../src/cassette/key/short-key.js';
import {type ListedInteraction, listInteractions} from '../../src/operations/list-interactions.js';
import {findAnyCassettes, readCassette} from '../input/cassette-arguments.js';
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
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (paths: readonly string[]) => {
      const found = await findAnyCassettes(paths, configOf(command, invocation), invocation);
      const listings = await Promise.all(found.map(list));
      if (command.opts<{json?: boolean}>().json) writeJson({version: 1, cassettes: listings});
      else process.stdout.write(listings.map(describeListing).join('\n'));
    });
  return addSettingOptions(command, ({name}) => name === 'cassette');
};

const examples = `
Lists interactions in the order in which they were recorded.

Examples:
  $ retake ls
  $ retake ls cassettes/*.cassette
  $ retake ls --json | jq '.cassettes[].interactions[].question'`;

type Listing = {
  readonly name: string;
  readonly path: string;
  readonly interactions: readonly ListedInteraction[];
};

async function list(path: string): Promise<Listing> {
  return readCassette(path, async cassette => ({
    name: cassette.name,
    path,
    interactions: await listInteractions(cassette),
  }));
}

function describeListing({path, interactions}: Listing): string {
  const takes = interactions.reduce((sum, {takes}) => sum + takes, 0);
  const title = `${path}: ${countOf(interactions.length, 'interaction')}, ${countOf(takes, 'take')}`;
  const table = layOutTable(
    [
      {title: '#', align: 'right'},
      {title: 'key'},
      {title: 'question', takesRest: true},
      {title: 'model'},
      {title: 'takes', align: 'right'},
      {title: 'tokens', align: 'right'},
    ],
    interactions.map(({number, key, question, model, takes, usage, error}) => [
      String(number),
      shortKey(key),
      printableLine(question),
      printableLine(model),
      String(takes),
      error !== undefined ? `error ${error}` : usage ? `${usage.inputTokens}+${usage.outputTokens}` : '',
    ]),
    process.stdout.columns,
  );
  return `${paint('bold', printableLine(title), process.stdout)}\n${interactions.length > 0 ? table : ''}`;
}
