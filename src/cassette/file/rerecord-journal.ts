import {appendFileSync, existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import type {CassetteKey} from '../key/key.js';
import {type CassettePaths, createSidecarFolder} from './cassette-paths.js';

/** Which interactions were asked again already, so that a run that was ended goes on where it stopped. */
export type RerecordJournal = {
  readonly done: ReadonlySet<CassetteKey>;
  /** Notes interactions whose answers are in the cassette. */
  add(keys: readonly CassetteKey[]): void;
  /** Forgets everything, once there is nothing left to ask. */
  remove(): void;
};

/** Opens the journal of asking again for a purpose; one of another purpose is begun anew. */
export function openJournal(paths: CassettePaths, purpose: string): RerecordJournal {
  const path = join(paths.sidecars, `${basename(paths.file)}.rerecord`);
  const [first, ...keys] = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const isSame = first === purpose;
  if (!isSame) {
    createSidecarFolder(paths);
    writeFileSync(path, `${purpose}\n`);
  }
  return {
    // A line that a kill cut off is no key of anything.
    done: new Set(isSame ? (keys as CassetteKey[]) : []),
    add: added => appendFileSync(path, added.map(key => `${key}\n`).join('')),
    remove: () => rmSync(path, {force: true}),
  };
}
