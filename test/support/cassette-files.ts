import {rm} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {Recording} from '../../src/cassette/cassette.js';
import {cassettePaths} from '../../src/cassette/file/cassette-paths.js';
import {openCommittedFile} from '../../src/cassette/file/committed-file.js';
import {openCassetteFile} from '../../src/cassette/file/open-cassette-file.js';
import {writeCanonicalFile} from '../../src/cassette/file/write-committed-file.js';
import {withInteractions} from '../../src/cassette/rows/stored-cassette.js';
import type {Interaction} from '../../src/index.js';
import {recordingOf} from './recordings.js';

/** Writes a cassette file with these recordings. */
export async function writeCassette(path: string, recordings: readonly Recording[]): Promise<string> {
  const cassette = await openCassetteFile({path, writable: true});
  for (const recording of recordings) await cassette.add(recording);
  await cassette.close();
  return path;
}

/** Writes a cassette file without recordings. */
export async function writeEmptyCassette(path: string): Promise<string> {
  const folder = join(dirname(path), 'draft');
  const draft = join(folder, 'draft.cassette');
  await writeCassette(draft, [recordingOf('Hi', 'Hello')]);
  const committed = openCommittedFile(cassettePaths(draft));
  if (!committed) throw new Error('The draft was not written');
  await writeCanonicalFile(path, withInteractions(committed, []));
  committed.close();
  await rm(folder, {recursive: true});
  return path;
}

/** The content of a cassette file. */
export async function interactionsIn(path: string): Promise<readonly Interaction[]> {
  const cassette = await openCassetteFile({path, writable: false});
  try {
    const interactions: Interaction[] = [];
    for await (const interaction of cassette.interactions()) interactions.push(interaction);
    return interactions;
  } finally {
    await cassette.close();
  }
}
