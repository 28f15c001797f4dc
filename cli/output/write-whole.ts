import {resolve} from 'node:path';
import {RetakeError} from '../../src/errors.js';
import {writeTextAtomically} from '../../src/files/write-atomically.js';

/** Writes a report into a file, whole or not at all. */
export function writeWhole(text: string | Iterable<string>, file: string, directory: string): void {
  try {
    writeTextAtomically(resolve(directory, file), text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError('internal', `The report ${file} cannot be written: ${reason}`, {cause});
  }
}
