import {resolve} from 'node:path';
import {Command} from 'commander';
import {exportCassette} from '../../src/operations/export-cassette.js';
import type {DefineCommand} from '../input/invocation.js';
import {writeReport} from '../output/write-report.js';
import {writeToStdout} from '../output/write-to-stdout.js';

export const define: DefineCommand = ({directory}) =>
  new Command('export')
    .description('Prints a cassette as JSON lines, from which `retake import` makes the same file again.')
    .argument('<cassette>', 'The file')
    .option('--output <file>', 'Write into this file')
    .addHelpText('after', examples)
    .action(async (path: string, {output}: {output?: string}) => {
      const lines = exportCassette(resolve(directory, path));
      if (output === undefined) await writeToStdout(lines);
      else await writeReport(lines, output, directory);
    });

const examples = `
The first line is the cassette with its settings; then comes a line for each question, and below it one for each take.
The same content gives the same lines.

Examples:
  $ retake export cassettes/demo.cassette | jq -r 'select(.request) | .key'
  $ retake export a.cassette --output a.jsonl && retake import a.jsonl b.cassette    gives the same bytes`;
