import {statSync} from 'node:fs';
import {resolve} from 'node:path';
import type {Interaction} from '../cassette/cassette.js';
import {answerOf, type RecordedAnswer} from '../cassette/compare/answer.js';
import {cassettePaths} from '../cassette/file/cassette-paths.js';
import type {CommittedFile} from '../cassette/file/committed-file.js';
import {underLock} from '../cassette/file/flush-sessions.js';
import {writeCanonicalFile} from '../cassette/file/write-committed-file.js';
import type {CassetteKey} from '../cassette/key/key.js';
import {questionOf} from '../cassette/key/question.js';
import {shorten} from '../cassette/key/shorten.js';
import {
  type MergeConflict,
  mergeBranches,
  type OpenSnapshot,
  type Preference,
} from '../cassette/merge/merge-branches.js';
import {concealPassword, isStoreAddress} from '../cassette/postgres/store-address.js';
import type {CassetteSnapshot} from '../cassette/rows/stored-cassette.js';
import {openStored} from '../cassette/stores/open-stored.js';
import {rewriteStored} from '../cassette/stores/rewrite-stored.js';
import {omitUndefined} from '../chat/omit-undefined.js';
import {RetakeError} from '../errors.js';
import {writeAtomically} from '../files/write-atomically.js';
import {answerText} from '../report/answer-text.js';

export type {Preference} from '../cassette/merge/merge-branches.js';

export type MergeOptions = {
  /** The merge base. A missing or empty file means that both branches created the cassette. */
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  readonly output: string;
  /** The name of the cassette in messages. */
  readonly shown: string;
  readonly preference: Preference;
  /** The output is a temporary file of git, which no process records into. */
  readonly isPrivate?: boolean;
  readonly directory?: string;
};

/** A merge conflict, for display. */
export type ReportedConflict =
  | {
      readonly kind: Exclude<MergeConflict['kind'], 'settings'>;
      readonly key: CassetteKey;
      readonly question: string;
      /** The beginning of the first answer that differs. Absent: that branch removed the interaction. */
      readonly ours?: string;
      readonly theirs?: string;
    }
  | {readonly kind: 'settings'; readonly differences: readonly string[]};

/**
 * Merges the cassettes of two branches into one, which is written in full or not at all; each is a file, or the address of a cassette in a database.
 * @throws RetakeError `cassette_invalid` when one cannot be read; nothing is written then
 */
export async function mergeCassettes({
  base,
  ours,
  theirs,
  output,
  shown,
  preference,
  isPrivate = false,
  directory = '.',
}: MergeOptions): Promise<readonly ReportedConflict[]> {
  const opened: OpenState[] = [];
  const open = async (path: string, side: string): Promise<OpenState> => {
    const snapshot = await openSide(placeIn(directory, path), `${shown} (${side})`);
    opened.push(snapshot);
    return snapshot;
  };
  const target = placeIn(directory, output);
  const merge = async (current?: CommittedFile) => {
    const isOurs = current && placeIn(directory, ours) === target;
    const branches = {
      base: isNothing(placeIn(directory, base)) ? {shown, cassette: undefined} : await open(base, 'base'),
      ours: required(isOurs ? {shown, cassette: current} : await open(ours, 'ours')),
      theirs: required(await open(theirs, 'theirs')),
    };
    const merged = await mergeBranches(branches, preference);
    const conflicts = await Promise.all(merged.conflicts.map(reportConflict));
    return {content: {...merged, interactions: merged.interactions()}, result: conflicts};
  };
  const mergeIntoFile = async () => {
    const {content, result} = await merge();
    await writeAtomically(target, draft => writeCanonicalFile(draft, content));
    return result;
  };
  try {
    if (isStoreAddress(target)) return await rewriteStored(target, merge);
    return await (isPrivate ? mergeIntoFile() : underLock(cassettePaths(target), mergeIntoFile));
  } finally {
    for (const {cassette} of opened) cassette?.close();
  }
}

export async function reportConflict(conflict: MergeConflict): Promise<ReportedConflict> {
  if (conflict.kind === 'settings') return conflict;
  const {kind, key, ours, theirs} = conflict;
  const [mine, others] = [await answersOf(ours), await answersOf(theirs)];
  const first = mine.findIndex((answer, index) => answer !== others[index]);
  const begin = (answers: readonly string[]) => shorten(answers[Math.max(0, first)] ?? answers.at(-1) ?? '');
  const view = (ours ?? theirs)?.view;
  return omitUndefined({
    kind,
    key,
    question: view ? questionOf(view) : '',
    ours: ours === undefined ? undefined : begin(mine),
    theirs: theirs === undefined ? undefined : begin(others),
  });
}

async function answersOf(interaction: Interaction | undefined): Promise<readonly string[]> {
  const answers: readonly RecordedAnswer[] = await Promise.all((interaction?.takes ?? []).map(answerOf));
  return answers.map(answer => answerText(answer).replaceAll(/\s+/g, ' ').trim());
}

type OpenState = CassetteSnapshot<CommittedFile>;

async function openSide(path: string, shown: string): Promise<OpenState> {
  return {shown, cassette: await openStored(path, shown)};
}

function required({shown, cassette}: OpenState): OpenSnapshot {
  if (cassette) return {shown, cassette};
  throw new RetakeError('not_found', `There is no cassette ${shown}`);
}

/** A file of the folder, or an address of a database. */
function placeIn(directory: string, path: string): string {
  return isStoreAddress(path) ? concealPassword(path) : resolve(directory, path);
}

function isNothing(path: string): boolean {
  if (isStoreAddress(path)) return false;
  return (statSync(path, {throwIfNoEntry: false})?.size ?? 0) === 0;
}
