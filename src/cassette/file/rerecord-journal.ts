import {appendFileSync, existsSync, lstatSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import type {CassetteKey} from '../key/key.js';
import {type CassettePaths, createSidecarFolder, requireOwnSidecars} from './cassette-paths.js';

/** The interactions that were rerecorded already, so that an interrupted run continues where it stopped. */
export type RerecordJournal = {
  readonly done: ReadonlySet<CassetteKey>;
  /** Adds interactions whose answers are in the cassette. */
  add(keys: readonly CassetteKey[]): void;
  /** Deletes the journal when the run is complete. */
  remove(): void;
};

/** Opens the journal of a rerecording; one with another purpose is started again. */
export function openJournal(paths: CassettePaths, purpose: string): RerecordJournal {
  const path = join(paths.sidecars, `${basename(paths.file)}.rerecord`);
  requireOwnSidecars(paths);
  if (lstatSync(path, {throwIfNoEntry: false})?.isSymbolicLink()) rmSync(path);
  const [first, ...keys] = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const isSame = first === purpose;
  if (!isSame) {
    createSidecarFolder(paths);
    writeFileSync(path, `${purpose}\n`);
  }
  return {
    // A line that a kill cut off is not a valid key, and matches nothing.
    done: new Set(isSame ? (keys as CassetteKey[]) : []),
    add: added => appendFileSync(path, added.map(key => `${key}\n`).join('')),
    remove: () => rmSync(path, {force: true}),
  };
}
