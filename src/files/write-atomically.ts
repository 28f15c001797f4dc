import {lstatSync, readlinkSync, rmSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import {replaceFile} from './replace-file.js';
import {syncFile} from './sync-file.js';

export type FileText = string | Iterable<string> | AsyncIterable<string>;

/**
 * Has a draft written beside a file and then renames it, so that at every moment a reader finds either the whole old file or the whole new
 * one. `draft` must be on the same file system.
 */
export async function writeAtomically<Result>(
  path: string,
  write: (draft: string) => Promise<Result>,
  draft: string = draftOf(path),
): Promise<Result> {
  try {
    rmSync(draft, {force: true});
    const result = await write(draft);
    // What is left to sync after it takes no time.
    await syncFile(draft);
    replaceFile(draft, path);
    return result;
  } finally {
    rmSync(draft, {force: true});
  }
}

/** Writes text in the same way. A symbolic link stays one: its target is replaced. */
export async function writeTextAtomically(
  path: string,
  text: FileText,
  {mode = 0o666}: {readonly mode?: number} = {},
): Promise<void> {
  await writeAtomically(linkTarget(path), draft => writeFile(draft, text, {mode}));
}

/** The end of a chain of symbolic links, which may not exist yet. A chain of 40 is a loop, as on Linux. */
function linkTarget(path: string, left = 40): string {
  const isLink = lstatSync(path, {throwIfNoEntry: false})?.isSymbolicLink() ?? false;
  if (!isLink) return path;
  if (left === 0) throw new Error(`Too many symbolic links: ${path}`);
  return linkTarget(resolve(dirname(path), readlinkSync(path)), left - 1);
}

function draftOf(path: string): string {
  return `${path}.${process.pid}.tmp`;
}
