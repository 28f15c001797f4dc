import {resolve} from 'node:path';
import {Command} from 'commander';
import {importCassette} from '../../src/operations/import-cassette.js';
import type {DefineCommand} from '../input/invocation.js';
import {countOf} from '../output/count-of.js';
import {printableLine} from '../output/printable.js';
import {whileShown} from '../output/while-shown.js';

export const define: DefineCommand = ({directory}) =>
  new Command('import')
    .description('Makes a cassette from the JSON lines that `retake export` prints.')
    .argument('<file>', 'The lines; - reads them from stdin')
    .argument('<cassette>', 'The cassette to make')
    .option('--replace', 'Replace the cassette that is there')
    .addHelpText('after', examples)
    .action(async (file: string, cassette: string, {replace = false}: {replace?: boolean}) => {
      const {interactions} = await whileShown(`Importing into ${printableLine(cassette)}`, () =>
        importCassette({
          from: file === '-' ? process.stdin : resolve(directory, file),
          path: resolve(directory, cassette),
          replaces: replace,
        }),
      );
      process.stdout.write(`${printableLine(cassette)}: ${countOf(interactions, 'interaction')}\n`);
    });

const examples = `
Everything is checked first: a line that is wrong is named, and then nothing is written. Keys are computed from the
requests; leave out the \`key\` of a request that you changed.

Examples:
  $ retake import a.jsonl cassettes/a.cassette
  $ zcat a.jsonl.gz | retake import - cassettes/a.cassette --replace`;
