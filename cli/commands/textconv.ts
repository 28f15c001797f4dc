import {resolve} from 'node:path';
import {Command} from 'commander';
import {textOfCassette} from '../../src/operations/print-cassette.js';
import type {DefineCommand} from '../input/invocation.js';
import {writeToStdout} from '../output/write-to-stdout.js';

export const define: DefineCommand = ({directory}) =>
  new Command('textconv')
    .argument('<file>', 'Cassette file')
    .addHelpText('after', examples)
    .action(async (file: string) => {
      await writeToStdout(textOfCassette(resolve(directory, file)));
    });

const examples = `
Git runs this for its diffs after \`retake git install\`. Prints a sentence and
exits with 0 if the file is unreadable, because git would stop otherwise.

Examples:
  $ retake textconv cassettes/demo.cassette | less`;
