import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {SessionOutcome} from './control-client.js';
import {removeUnused} from './remove-unused.js';

/** The folder in which the test files of a run note the takes that none of their tests requested. */
export const createUnusedFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'retake-jest-'));

export async function noteUnused(folder: string, cassette: string, outcome: SessionOutcome): Promise<void> {
  await writeFile(join(folder, `${cassette}.json`), JSON.stringify(outcome));
}

/** Removes the noted takes from the cassettes of this folder, once no retake has them open, and then the notes. */
export async function removeNotedUnused(notes: string, cassettes: string, root: string): Promise<void> {
  try {
    for (const file of await readdir(notes)) {
      const outcome = JSON.parse(await readFile(join(notes, file), 'utf8')) as SessionOutcome;
      await removeUnused(join(cassettes, file.replace(/\.json$/, '.cassette')), outcome, root);
    }
  } finally {
    await rm(notes, {recursive: true, force: true});
  }
}
