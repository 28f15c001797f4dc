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
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = invocation => {
  const command = new Command('edit');
  command
    .argument('<interaction>', 'Number in `retake ls`, or the first digits of the key')
    .argument('[cassette]', 'Cassette file, folder or database (default: the configured one)')
    .option('--take <number>', 'Number of the take (recorded answer)', '1')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (wanted: string, path: string | undefined, flags: {take: string; json?: true}) => {
      const config = configOf(command, invocation);
      const paths = await findCassettes(path === undefined ? [] : [path], config, invocation);
      const {path: file, listed} = await findInteraction(paths, wanted);
      const take = readNumber(flags.take);
      const {isChanged, isRedacted, lostWire} = await editAnswer({
        path: file,
        key: listed.key,
        take,
        edit: answer => openEditor(answer, invocation),
        log: plainLines().print,
      });
      if (flags.json) {
        writeJson({
          version: 1,
          path: file,
          key: listed.key,
          take,
          changed: isChanged,
          redacted: isRedacted,
          lostWire,
        });
      } else {
        const question = printableLine(JSON.stringify(listed.question));
        const secrets = isRedacted ? '; retake replaced secrets in it by placeholders' : '';
        const wire = lostWire ? "; retake replays it from its text now, not in its provider's bytes" : '';
        const outcome = isChanged ? `edited${secrets}${wire}` : 'unchanged';
        process.stdout.write(`${printableLine(file)} ${question}: ${outcome}\n`);
      }
    });
  return addSettingOptions(command, ({name}) => name === 'cassette');
};

const examples = `
Opens the answer in $VISUAL or $EDITOR: as text, or as JSON if it has more than
text. Checks the result, and changes nothing if it is invalid. Marks the take
(recorded answer) as edited, and removes its log probabilities.

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
