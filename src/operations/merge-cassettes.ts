import {statSync} from 'node:fs';
import {resolve} from 'node:path';
import type {Interaction} from '../cassette/cassette.js';
import {answerOf, type RecordedAnswer} from '../cassette/compare/answer.js';
import {cassettePaths} from '../cassette/file/cassette-paths.js';
import {type CommittedFile, openCommittedFile} from '../cassette/file/committed-file.js';
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
import type {CassetteSnapshot} from '../cassette/rows/stored-cassette.js';
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
 * Merges the cassettes of two branches into one file, which is written in full or not at all.
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
  const open = (path: string, side: string): OpenState => {
    const snapshot = openSide(resolve(directory, path), `${shown} (${side})`);
    opened.push(snapshot);
    return snapshot;
  };
  const target = resolve(directory, output);
  const merge = async () => {
    try {
      const branches = {
        base: isNothing(resolve(directory, base)) ? {shown, cassette: undefined} : open(base, 'base'),
        ours: required(open(ours, 'ours')),
        theirs: required(open(theirs, 'theirs')),
      };
      const merged = await mergeBranches(branches, preference);
      const content = {...merged, interactions: merged.interactions()};
      await writeAtomically(target, draft => writeCanonicalFile(draft, content));
      return await Promise.all(merged.conflicts.map(reportConflict));
    } finally {
      for (const {cassette} of opened) cassette?.close();
    }
  };
  return isPrivate ? merge() : underLock(cassettePaths(target), merge);
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

function openSide(path: string, shown: string): OpenState {
  return {shown, cassette: openCommittedFile({...cassettePaths(path), shown})};
}

function required({shown, cassette}: OpenState): OpenSnapshot {
  if (cassette) return {shown, cassette};
  throw new RetakeError('not_found', `There is no cassette ${shown}`);
}

function isNothing(path: string): boolean {
  return (statSync(path, {throwIfNoEntry: false})?.size ?? 0) === 0;
}
