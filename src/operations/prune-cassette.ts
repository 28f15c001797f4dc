import {rm} from 'node:fs/promises';
import {cassettePaths} from '../cassette/file/cassette-paths.js';
import type {CassetteKey} from '../cassette/key/key.js';
import {questionOf} from '../cassette/key/question.js';
import {factsInUse} from '../cassette/maintenance/facts-in-use.js';
import {isStoreAddress} from '../cassette/postgres/store-address.js';
import {readInteraction} from '../cassette/rows/interaction-row.js';
import {
  type StoredCassette,
  type StoredInteraction,
  withInteractions,
} from '../cassette/rows/stored-cassette.js';
import {nameAt, withStoreContent} from '../cassette/stores/open-stored.js';
import {rewriteStored} from '../cassette/stores/rewrite-stored.js';
import {RetakeError} from '../errors.js';
import type {NamedTake} from '../proxy/verdict.js';

export type PruneOptions = {
  /** A file, or the address of a cassette in a database. */
  readonly path: string;
  /** Whether to remove a take. Takes that no report mentions stay. */
  readonly isUnused: (take: NamedTake) => boolean;
  /** Without it the cassette is not changed. */
  readonly isWritten: boolean;
  /** Called with notices that are not errors. */
  readonly log?: (message: string) => void;
};

export type PrunedInteraction = {
  readonly key: CassetteKey;
  readonly question: string;
  /** The numbers of the removed takes, from 1. */
  readonly takes: readonly number[];
  /** The number of takes that stay. */
  readonly kept: number;
};

export type PruneReport = {
  readonly interactions: number;
  readonly takes: number;
  readonly pruned: readonly PrunedInteraction[];
};

/** Removes unused takes, and interactions without takes; or only reports them. */
export async function pruneCassette({path, isUnused, isWritten, log}: PruneOptions): Promise<PruneReport> {
  const prune = async (file: StoredCassette | undefined) => {
    if (!file) throw new RetakeError('not_found', `There is no cassette at ${path}`);
    const {kept, ...result} = sortRows(file, {path, name: nameAt(path), isUnused});
    if (result.pruned.length === 0) return {result};
    return {content: {...withInteractions(file, kept), facts: factsInUse(file, kept)}, result};
  };
  return rewriteStored(path, prune, {isWritten, log});
}

export type RemoveOptions = Pick<PruneOptions, 'path' | 'isWritten' | 'log'> & {
  /** Unix milliseconds: a cassette with a later take stays, without the earlier ones. */
  readonly recordedBefore: number;
};

/** Removes everything that was recorded before a time, and with the last take the cassette. */
export async function removeCassette({recordedBefore, ...options}: RemoveOptions): Promise<PruneReport> {
  const report = await pruneCassette({
    ...options,
    isUnused: ({recordedAt}) => recordedAt < recordedBefore,
  });
  const isEmpty = report.pruned.filter(({kept}) => kept === 0).length === report.interactions;
  if (options.isWritten && isEmpty) await removeEmpty(options.path);
  return report;
}

async function removeEmpty(path: string): Promise<void> {
  if (isStoreAddress(path)) await withStoreContent(path, content => content.removeIfEmpty());
  else await rm(cassettePaths(path).file);
}

function sortRows(
  file: StoredCassette,
  {path, name, isUnused}: Pick<PruneOptions, 'path' | 'isUnused'> & {readonly name: string},
): PruneReport & {readonly kept: readonly StoredInteraction[]} {
  const kept: StoredInteraction[] = [];
  const pruned: PrunedInteraction[] = [];
  let takes = 0;
  let interactions = 0;
  for (const {id, row} of file.rows()) {
    const {key, view, takes: stored} = readInteraction(path, row);
    interactions++;
    takes += stored.length;
    const isGone = stored.map(({provenance: {recordedAt}}, index) =>
      isUnused({cassette: name, key, take: index + 1, recordedAt}),
    );
    const rest = row.takes.filter((_take, index) => !isGone[index]);
    if (rest.length > 0) kept.push({id, row: {...row, takes: rest}});
    if (rest.length === stored.length) continue;
    const gone = isGone.flatMap((isOne, index) => (isOne ? [index + 1] : []));
    pruned.push({key, question: questionOf(view), takes: gone, kept: rest.length});
  }
  return {interactions, takes, pruned, kept};
}
