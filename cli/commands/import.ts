import {resolve} from 'node:path';
import {Command} from 'commander';
import {concealPassword, isStoreAddress} from '../../src/cassette/postgres/store-address.js';
import {importCassette} from '../../src/operations/import-cassette.js';
import type {DefineCommand} from '../input/invocation.js';
import {countOf} from '../output/count-of.js';
import {printableLine} from '../output/printable.js';
import {withProgress} from '../output/with-progress.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = ({directory}) =>
  new Command('import')
    .argument('<file>', 'JSON lines of `retake export`; - for stdin')
    .argument('<cassette>', 'Cassette file to write, or the address of one in a database')
    .option('--replace', 'Replace an existing cassette')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (file: string, cassette: string, {replace = false, json}: ImportFlags) => {
      const place = isStoreAddress(cassette) ? concealPassword(cassette) : resolve(directory, cassette);
      const shown = isStoreAddress(cassette) ? place : cassette;
      const {interactions} = await withProgress(`Importing into ${printableLine(shown)}`, () =>
        importCassette({
          from: file === '-' ? process.stdin : resolve(directory, file),
          path: place,
          replaces: replace,
        }),
      );
      if (json) writeJson({version: 1, path: shown, interactions});
      else process.stdout.write(`${printableLine(shown)}: ${countOf(interactions, 'interaction')}\n`);
    });

type ImportFlags = {readonly replace?: boolean; readonly json?: true};

const examples = `
Checks every line before it writes anything. Computes keys from the requests:
remove the \`key\` of a request that you changed.

Examples:
  $ retake import a.jsonl cassettes/a.cassette
  $ zcat a.jsonl.gz | retake import - cassettes/a.cassette --replace`;
