import {optionsAsFlags} from '../../src/config/option-flags.js';
import {RetakeError} from '../../src/errors.js';
import {printable} from './printable.js';

/** Prints the message and the hint of an error to stderr; the stack only if retake itself is debugged. */
export function printError(error: unknown, {withStack = false}: {withStack?: boolean} = {}): void {
  const message = optionsAsFlags(error instanceof Error ? error.message : String(error));
  const hint = error instanceof RetakeError && error.hint ? optionsAsFlags(error.hint) : undefined;
  process.stderr.write(`retake: ${printable(message)}\n`);
  if (hint) process.stderr.write(`${printable(hint).replaceAll(/^/gm, '  ')}\n`);
  if (withStack && error instanceof Error) process.stderr.write(`${describeStack(error)}\n`);
}

function describeStack(error: Error): string {
  const cause = error.cause instanceof Error ? `\nCaused by ${describeStack(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
