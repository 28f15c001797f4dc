import {readFile, rm, stat, writeFile} from 'node:fs/promises';
import type {IncomingHttpHeaders} from 'node:http';

/*
 * A download under way is two files: the bytes so far, and what the server calls this version of the file, so that a continuation can
 * ask for the rest of the same one.
 */

const validatorPath = (part: string) => `${part}.version`;

/** Zero when there is none. */
export async function partLength(part: string): Promise<number> {
  try {
    return (await stat(part)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/** Removes what is left of a download: all of it, or what was noted beside bytes that were moved away. */
export async function removePart(part: string): Promise<void> {
  await rm(part, {force: true});
  await rm(validatorPath(part), {force: true});
}

/** A strong ETag or a date, as `If-Range` takes them (RFC 9110, 13.1.5). */
export async function keepValidator(part: string, headers: IncomingHttpHeaders): Promise<void> {
  const {etag} = headers;
  const validator = etag !== undefined && !etag.startsWith('W/') ? etag : headers['last-modified'];
  if (validator === undefined) await rm(validatorPath(part), {force: true});
  else await writeFile(validatorPath(part), validator);
}

export async function readValidator(part: string): Promise<string | undefined> {
  try {
    return await readFile(validatorPath(part), 'utf8');
  } catch {
    // A server that names no versions: the digest of the whole file is the judge.
    return undefined;
  }
}
