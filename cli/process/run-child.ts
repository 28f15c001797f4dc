import {execa} from 'execa';
import {exitCodeOf, onEndingSignals} from './ending-signals.js';

export type ChildExit = {
  /** The child's own code; 128 + n when signal n ended it; 127 or 126 as a shell has them when it could not be started. */
  readonly code: number;
  readonly signal: NodeJS.Signals | undefined;
  /** Why it could not be started. */
  readonly problem: string | undefined;
};

/** Runs a command with our own stdin, stdout and stderr, and passes signals on to it. */
export async function runChild(
  [file, ...words]: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>>,
): Promise<ChildExit> {
  const child = execa(file, words, {
    stdio: 'inherit',
    env: environment,
    reject: false,
    // A command may take its time to clean up; whoever is tired of waiting can send SIGKILL.
    forceKillAfterDelay: false,
  });
  const stopForwarding = onEndingSignals(signal => {
    // Ctrl-C reaches the whole foreground group, so the child has it already; passed on, it would count as a second one.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
  const {exitCode, signal, code, originalMessage} = await child;
  stopForwarding();
  if (signal !== undefined) return {code: exitCodeOf(signal), signal, problem: undefined};
  if (exitCode !== undefined) return {code: exitCode, signal: undefined, problem: undefined};
  return code === 'ENOENT'
    ? {code: 127, signal: undefined, problem: `There is no command \`${file}\``}
    : {code: 126, signal: undefined, problem: `\`${file}\` cannot be run: ${originalMessage ?? code}`};
}
