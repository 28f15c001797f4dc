import {closeSync, openSync, rmSync, writeFileSync} from 'node:fs';
import {replaceFile} from './replace-file.js';

/**
 * Has a file written beside its place and then puts it there, so that at every moment a reader finds either the whole old file or the
 * whole new one. `draft` must be on the same file system.
 */
export async function writeAtomically<Result>(
  path: string,
  write: (draft: string) => Promise<Result>,
  draft: string = draftOf(path),
): Promise<Result> {
  try {
    rmSync(draft, {force: true});
    const result = await write(draft);
    replaceFile(draft, path);
    return result;
  } finally {
    rmSync(draft, {force: true});
  }
}

/** The same for text, which may come in pieces. */
export function writeTextAtomically(path: string, text: string | Iterable<string>): void {
  const draft = draftOf(path);
  try {
    const descriptor = openSync(draft, 'w');
    try {
      for (const piece of typeof text === 'string' ? [text] : text) writeFileSync(descriptor, piece);
    } finally {
      closeSync(descriptor);
    }
    replaceFile(draft, path);
  } finally {
    rmSync(draft, {force: true});
  }
}

function draftOf(path: string): string {
  return `${path}.${process.pid}.tmp`;
}
