import {resolve} from 'node:path';
import {Command} from 'commander';
import {concealPassword, isStoreAddress} from '../../src/cassette/postgres/store-address.js';
import {RetakeError} from '../../src/errors.js';
import {exportCassette} from '../../src/operations/export-cassette.js';
import type {DefineCommand} from '../input/invocation.js';
import {writeJson} from '../output/write-json.js';
import {writeReport} from '../output/write-report.js';
import {writeToStdout} from '../output/write-to-stdout.js';

export const define: DefineCommand = ({directory}) =>
  new Command('export')
    .argument('<cassette>', 'Cassette file, or the address of one in a database')
    .option('--output <file>', 'Write to this file')
    .option('--json', 'Print JSON about the file of --output')
    .addHelpText('after', examples)
    .action(async (path: string, {output, json}: {output?: string; json?: true}) => {
      if (json && output === undefined) {
        throw new RetakeError('invalid_setting', 'Expected --output with --json, got --json alone', {
          hint: 'Without --output, the JSON lines are printed.',
        });
      }
      let lines = 0;
      const place = isStoreAddress(path) ? concealPassword(path) : resolve(directory, path);
      const exported = countLines(exportCassette(place), () => lines++);
      if (output === undefined) await writeToStdout(exported);
      else await writeReport(exported, output, directory);
      if (json) writeJson({version: 1, path: isStoreAddress(path) ? place : path, output, lines});
    });

async function* countLines(lines: AsyncIterable<string>, count: () => void): AsyncIterable<string> {
  for await (const line of lines) {
    count();
    yield line;
  }
}

const examples = `
The first line is the cassette with its settings, followed by a line for each
interaction and its takes (recorded answers). \`retake import\` restores the same
bytes.

Examples:
  $ retake export cassettes/demo.cassette | jq -r 'select(.request) | .key'
  $ retake export a.cassette --output a.jsonl`;
