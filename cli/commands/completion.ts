import {Argument, Command} from 'commander';
import type {DefineCommand} from '../input/invocation.js';
import {completionScript, type Shell, shells} from '../output/shell-completion.js';

export const define: DefineCommand = () =>
  new Command('completion')
    .addArgument(new Argument('<shell>', 'Shell').choices(shells))
    .addHelpText('after', examples)
    .action((shell: Shell) => {
      process.stdout.write(completionScript(shell));
    });

const examples = `
Completes commands, options, their values, and cassettes.

Examples:
  $ source <(retake completion bash)      in ~/.bashrc
  $ source <(retake completion zsh)       in ~/.zshrc, after compinit
  $ retake completion fish > ~/.config/fish/completions/retake.fish
  $ retake completion powershell | Out-String | Invoke-Expression`;
