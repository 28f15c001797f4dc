import {closeSync, openSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {RetakeError} from '../../src/errors.js';

/** Writes a report into a file, whole or not at all. */
export function writeWhole(text: string | Iterable<string>, file: string, directory: string): void {
  const path = resolve(directory, file);
  const draft = `${path}.${process.pid}.tmp`;
  try {
    const descriptor = openSync(draft, 'w');
    try {
      for (const piece of typeof text === 'string' ? [text] : text) writeFileSync(descriptor, piece);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, {force: true});
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError('internal', `The report ${file} cannot be written: ${reason}`, {cause});
  }
}
