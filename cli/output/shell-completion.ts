import {type RootCommand, script} from '@bomb.sh/tab';
import tab from '@bomb.sh/tab/commander';
import {Command} from 'commander';

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

/** The values of options and arguments, by their names without dashes. */
export type CompletionValues = {
  readonly options: ReadonlyMap<string, () => readonly string[]>;
  readonly arguments: ReadonlyMap<string, () => readonly string[]>;
};

/** The completion script of a shell. It calls `retake complete -- WORDS`. */
export function completionScript(shell: Shell): string {
  const text = printedBy(() => script(shell, 'retake', 'retake'));
  return shell === 'bash'
    ? text.replace(wordsOfBashCompletion, wordsOfReadline).replace(registration, '$1 -o default$2')
    : text;
}

/** The script takes its words from the package bash-completion, which macOS and containers lack. */
const wordsOfBashCompletion = '_get_comp_words_by_ref -n "=:" cur prev words cword';
const wordsOfReadline = `words=("\${COMP_WORDS[@]:0:COMP_CWORD+1}")
    cur=\${COMP_WORDS[COMP_CWORD]}
    if [[ "$cur" == "=" ]]; then cur=; fi`;

/** Without a completion of ours, bash completes files. */
const registration = /^(complete)( -F __retake_complete retake)$/m;

/**
 * The completions of the last word, a line each with its description, and then a directive for the script:
 * 4 for no file names, 0 for file names.
 */
export function completeWords(program: Command, words: readonly string[], values: CompletionValues): string {
  const fileNames = ':0\n';
  // The words after -- are those of another command.
  if (words.slice(0, -1).includes('--')) return fileNames;
  const root = tab(copyOf(program), {completionCommandName: 'completion'});
  addValues(root, values);
  const completions = printedBy(() => root.parse(withoutEqualSigns(words)));
  return completions.startsWith(':') ? fileNames : completions;
}

/** The adapter of the library adds commands that the program has already. */
function copyOf(program: Command): Command {
  const copy = new Command(program.name()).enablePositionalOptions();
  for (const command of program.commands) {
    if (!['complete', 'completion'].includes(command.name())) copy.addCommand(command);
  }
  return copy;
}

function addValues({commands}: RootCommand, values: CompletionValues): void {
  for (const command of commands.values()) {
    for (const [members, valuesOf] of [
      [command.options, values.options],
      [command.arguments, values.arguments],
    ] as const) {
      for (const [name, member] of members) {
        const list = valuesOf.get(name);
        if (list)
          member.handler = complete => {
            for (const value of list()) complete(value, '');
          };
      }
    }
  }
}

/** Bash splits `--mode=replay` into three words. */
function withoutEqualSigns(words: readonly string[]): string[] {
  return words
    .filter((word, index) => word !== '=' || index === words.length - 1)
    .map(word => (word === '=' ? '' : word));
}

/** The library prints to the console. */
function printedBy(print: () => void): string {
  const {log} = console;
  let text = '';
  console.log = (line: string) => {
    text += `${line}\n`;
  };
  try {
    print();
  } finally {
    console.log = log;
  }
  return text;
}
