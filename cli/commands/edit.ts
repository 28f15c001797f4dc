import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Command} from 'commander';
import {execa} from 'execa';
import {RetakeError} from '../../src/errors.js';
import {type EditableAnswer, editAnswer} from '../../src/operations/edit-answer.js';
import {findCassettes} from '../input/cassette-arguments.js';
import {findInteraction} from '../input/find-interaction.js';
import type {DefineCommand, Invocation} from '../input/invocation.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {plainLines} from '../output/console-lines.js';
import {printableLine} from '../output/printable.js';

export const define: DefineCommand = invocation => {
  const command = new Command('edit');
  return addSettingOptions(command, ({name}) => name === 'cassette')
    .description(
      'Opens one recorded answer in your editor; what you leave there is what is played from then on.',
    )
    .argument('<interaction>', 'Its number in `retake ls`, or the first digits of its key')
    .argument('[cassette]', 'A file or a folder (default: the configured cassette)')
    .option('--take <number>', 'Which of its takes, where there are several', '1')
    .addHelpText('after', examples)
    .action(async (wanted: string, path: string | undefined, flags: {take: string}) => {
      const config = configOf(command, invocation);
      const paths = findCassettes(path === undefined ? [] : [path], config, invocation);
      const {path: file, listed} = await findInteraction(paths, wanted);
      const {isChanged, isRedacted} = await editAnswer({
        path: file,
        key: listed.key,
        take: readNumber(flags.take),
        edit: answer => openEditor(answer, invocation),
        log: plainLines().print,
      });
      const secrets = isRedacted ? '; retake replaced secrets in it by placeholders' : '';
      const outcome = isChanged ? `the answer is the edited one${secrets}` : 'nothing was changed';
      process.stdout.write(
        `${printableLine(file)} ${printableLine(JSON.stringify(listed.question))}: ${outcome}\n`,
      );
    });
};

const examples = `
The editor is $VISUAL, or $EDITOR. An answer that is text alone is opened as text, any other as JSON: candidates with
text, reasoning, tool calls and finish, and the usage. What is no answer is refused, and then nothing changes. The take
says from then on that it was edited by hand, and has no log probabilities.

Examples:
  $ EDITOR=nano retake edit 3 cassettes/demo.cassette
  $ EDITOR='code --wait' retake edit d66f7915 --take 2`;

/** Opens the answer in a private file, and returns what the editor left there. */
async function openEditor(
  {extension, text}: EditableAnswer,
  {environment, directory}: Invocation,
): Promise<string> {
  const editor = environment['VISUAL'] || environment['EDITOR'];
  if (!editor) {
    throw new RetakeError('invalid_setting', 'Expected $VISUAL or $EDITOR to name an editor, got neither', {
      hint: "For instance: EDITOR=nano retake edit …, or EDITOR='code --wait'",
    });
  }
  const folder = mkdtempSync(join(tmpdir(), 'retake-edit-'));
  try {
    const file = join(folder, `answer.${extension}`);
    writeFileSync(file, text, {mode: 0o600});
    // As git and others do: the variable is words of a shell.
    const {failed, exitCode, shortMessage} = await execa(`${editor} "$RETAKE_ANSWER"`, {
      cwd: directory,
      shell: true,
      env: {RETAKE_ANSWER: file},
      stdio: 'inherit',
      reject: false,
    });
    if (!failed) return readFileSync(file, 'utf8');
    throw new RetakeError(
      'invalid_request',
      `The editor \`${editor}\` ended with ${exitCode ?? shortMessage}: nothing was changed`,
    );
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

function readNumber(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new RetakeError('invalid_setting', `Expected --take to be a number from 1 on, got \`${text}\``);
}
