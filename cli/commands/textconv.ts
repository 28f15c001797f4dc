import {resolve} from 'node:path';
import {Command} from 'commander';
import {textOfCassette} from '../../src/operations/print-cassette.js';
import type {DefineCommand} from '../input/invocation.js';
import {writeToStdout} from '../output/write-to-stdout.js';

export const define: DefineCommand = ({directory}) =>
  new Command('textconv')
    .description('Prints a cassette as text that can be compared line by line; git calls it for its diffs.')
    .argument('<file>', 'The cassette')
    .addHelpText('after', examples)
    .action(async (file: string) => {
      await writeToStdout(textOfCassette(resolve(directory, file)));
    });

const examples = `
Interactions stand in the order of their questions, and who answered and when stands last in each. A file that cannot
be read is described by a sentence, with exit code 0: git would otherwise show nothing of the whole commit.

Examples:
  $ retake git install                        lets git diff, git log -p and git show use it
  $ retake textconv cassettes/demo.cassette | less`;
