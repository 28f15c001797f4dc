import {resolve} from 'node:path';
import {RetakeError} from '../../src/errors.js';
import {type FileText, writeTextAtomically} from '../../src/files/write-atomically.js';

/**
 * Writes the file that `--output`, `--page` or `--report` names.
 * @throws RetakeError `internal`
 */
export async function writeReport(content: FileText, file: string, directory: string): Promise<void> {
  try {
    await writeTextAtomically(resolve(directory, file), content);
  } catch (cause) {
    // What produces the content may fail with a sentence of its own.
    if (cause instanceof RetakeError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError('internal', `The report ${file} cannot be written: ${reason}`, {cause});
  }
}
