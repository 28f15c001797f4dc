import {cassetteFilesAt} from '../cassette/file/cassette-files-at.js';
import {isStoreAddress} from '../cassette/postgres/store-address.js';
import {cassettesOfStore} from '../cassette/stores/open-cassettes.js';
import {nameAt} from '../cassette/stores/open-stored.js';
import type {NamedTake, Verdict} from '../proxy/verdict.js';
import {pruneCassette} from './prune-cassette.js';

/** What `retake run --update` did about the takes that no request used. */
export type UpdateResult = {
  readonly removed?: number | undefined;
  /** Why the run says nothing of what is unused. */
  readonly skippedBecause?: string | undefined;
};

export type FinishedRun = {
  /** A cassette file, a folder of them, or the address of a database. */
  readonly cassette: string;
  readonly verdict: Verdict;
  readonly exitCode: number;
  /** The word of the command that selects a part of the tests. */
  readonly filter: string | undefined;
  readonly log?: ((message: string) => void) | undefined;
};

/** Removes the takes that a run did not use from the cassettes that it opened. Only a run that succeeded and was whole removes any. */
export async function removeUnused({
  cassette,
  verdict,
  exitCode,
  filter,
  log,
}: FinishedRun): Promise<UpdateResult> {
  const skippedBecause = whyIncomplete(verdict, exitCode, filter);
  if (skippedBecause !== undefined) return {skippedBecause};
  const unused = new Set(verdict.unused.map(nameOf));
  const names = new Set(verdict.unused.map(take => take.cassette));
  let removed = 0;
  const places = isStoreAddress(cassette)
    ? await cassettesOfStore(cassette)
    : (cassetteFilesAt(cassette) ?? []);
  for (const path of places) {
    if (!names.has(nameAt(path))) continue;
    const {pruned} = await pruneCassette({
      path,
      isUnused: take => unused.has(nameOf(take)),
      isWritten: true,
      ...(log && {log}),
    });
    for (const {takes} of pruned) removed += takes.length;
  }
  return {removed};
}

function whyIncomplete(verdict: Verdict, exitCode: number, filter: string | undefined): string | undefined {
  const {played, recorded, missed, notRecorded, faulted, failed} = verdict;
  if (exitCode !== 0) return `the command failed with ${exitCode}`;
  if (missed + failed > 0) return `${missed + failed} requests got no answer`;
  if (notRecorded > 0) return `${notRecorded} answers were not recorded`;
  if (played + recorded + faulted === 0) return 'the command sent no request';
  if (filter !== undefined) return `\`${filter}\` selects a part of the tests`;
  return undefined;
}

/** A take, not one that was recorded later in its place. */
export function nameOf({cassette, key, take, recordedAt}: NamedTake): string {
  return [cassette, key, take, recordedAt].join('\n');
}
