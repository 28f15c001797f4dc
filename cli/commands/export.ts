import {resolve} from 'node:path';
import {Command} from 'commander';
import {exportCassette} from '../../src/operations/export-cassette.js';
import type {DefineCommand} from '../input/invocation.js';
import {writeReport} from '../output/write-report.js';
import {writeToStdout} from '../output/write-to-stdout.js';

export const define: DefineCommand = ({directory}) =>
  new Command('export')
    .argument('<cassette>', 'Cassette file')
    .option('--output <file>', 'Write to this file')
    .addHelpText('after', examples)
    .action(async (path: string, {output}: {output?: string}) => {
      const lines = exportCassette(resolve(directory, path));
      if (output === undefined) await writeToStdout(lines);
      else await writeReport(lines, output, directory);
    });

const examples = `
The first line is the cassette with its settings, followed by a line for each
interaction and its takes (recorded answers). \`retake import\` restores the same
bytes.

Examples:
  $ retake export cassettes/demo.cassette | jq -r 'select(.request) | .key'
  $ retake export a.cassette --output a.jsonl`;
