import {Command} from 'commander';
import {completionValues} from '../input/completion-values.js';
import type {DefineCommand} from '../input/invocation.js';
import {showAllSettings} from '../input/setting-options.js';
import {completeWords} from '../output/shell-completion.js';

/** What the script of `retake completion` calls. */
export const define: DefineCommand = invocation => {
  const command = new Command('complete');
  return command
    .argument('[words...]', 'Words of the command line after `retake`')
    .action((words: readonly string[]) => {
      const program = command.parent;
      if (!program) return;
      program.commands.forEach(showAllSettings);
      const values = completionValues(words.at(-1) ?? '', invocation);
      process.stdout.write(completeWords(program, words, values));
    });
};
