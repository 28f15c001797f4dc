import {readFile, rm, stat, writeFile} from 'node:fs/promises';
import type {IncomingHttpHeaders} from 'node:http';

/*
 * A partial download is two files: the bytes so far, and the server's validator of this version of the file, so that a later request
 * continues the same version.
 */

const validatorPath = (part: string) => `${part}.version`;

/** In bytes; 0 if there is no partial file. */
export async function partLength(part: string): Promise<number> {
  try {
    return (await stat(part)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/** Removes the partial file and its validator. */
export async function removePart(part: string): Promise<void> {
  await rm(part, {force: true});
  await rm(validatorPath(part), {force: true});
}

/** A strong ETag or a date, as `If-Range` takes them (RFC 9110, 13.1.5). */
export async function storeValidator(part: string, headers: IncomingHttpHeaders): Promise<void> {
  const {etag} = headers;
  const validator = etag !== undefined && !etag.startsWith('W/') ? etag : headers['last-modified'];
  if (validator === undefined) await rm(validatorPath(part), {force: true});
  else await writeFile(validatorPath(part), validator);
}

export async function readValidator(part: string): Promise<string | undefined> {
  try {
    return await readFile(validatorPath(part), 'utf8');
  } catch {
    // The server sends no validator: the digest of the whole file decides.
    return undefined;
  }
}
