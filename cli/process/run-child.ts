import {execa} from 'execa';
import {exitCodeOf, onEndingSignals} from './ending-signals.js';

export type ChildExit = {
  /** The code of the child; 128 + n after signal n; as in a shell, 127 or 126 if it did not start. */
  readonly code: number;
  readonly signal: NodeJS.Signals | undefined;
  /** Why it did not start. */
  readonly problem: string | undefined;
};

/** Runs a command with our own stdin, stdout and stderr, and passes signals on to it. */
export async function runChild(
  [file, ...words]: readonly [string, ...string[]],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ChildExit> {
  const child = execa(file, words, {
    stdio: 'inherit',
    env: environment,
    reject: false,
    // A command may need time to clean up; the user can send SIGKILL.
    forceKillAfterDelay: false,
  });
  const stopForwarding = onEndingSignals(signal => {
    // Ctrl-C reaches the whole foreground group, so the child has it already; forwarding would send it twice.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
  const {exitCode, signal, code, originalMessage} = await child;
  stopForwarding();
  if (signal !== undefined) return {code: exitCodeOf(signal), signal, problem: undefined};
  if (exitCode !== undefined) return {code: exitCode, signal: undefined, problem: undefined};
  return code === 'ENOENT'
    ? {code: 127, signal: undefined, problem: `Command not found: \`${file}\``}
    : {code: 126, signal: undefined, problem: `\`${file}\` cannot be run: ${originalMessage ?? code}`};
}
