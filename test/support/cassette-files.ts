import type {Recording} from '../../src/cassette/cassette.js';
import {openCassetteFile} from '../../src/cassette/file/open-cassette-file.js';
import type {Interaction} from '../../src/index.js';

/** Writes a cassette file with these recordings. */
export async function writeCassette(path: string, recordings: readonly Recording[]): Promise<string> {
  const cassette = await openCassetteFile({path, writable: true});
  for (const recording of recordings) await cassette.add(recording);
  await cassette.close();
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
