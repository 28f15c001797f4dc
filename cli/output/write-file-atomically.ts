import {rename, rm, writeFile} from 'node:fs/promises';

export type FileContent = string | Iterable<string> | AsyncIterable<string>;

/** Writes a file in full or not at all: a reader never sees a part of it. */
export async function writeFileAtomically(
  path: string,
  content: FileContent,
  {mode = 0o666}: {readonly mode?: number} = {},
): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, content, {mode});
    await rename(draft, path);
  } catch (error) {
    await rm(draft, {force: true});
    throw error;
  }
}
