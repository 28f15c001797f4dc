import {RetakeError} from '../errors.js';
import {runGit} from './run-git.js';

/** The two states of a repository to compare. */
export type GitComparison =
  /** `A..B`, or `A...B` for the changes of B since it branched off A; an empty side is HEAD. */
  | {readonly kind: 'range'; readonly range: string}
  /** The changes of HEAD and the work tree since they branched off. */
  | {readonly kind: 'base'; readonly ref: string}
  /** The changes of the next commit. */
  | {readonly kind: 'staged'}
  /** The changes since the last commit. */
  | {readonly kind: 'work-tree'};

export type ComparedStates = {
  readonly before: CommitState;
  readonly after: CommitState | {readonly kind: 'index' | 'work-tree'; readonly name: string};
};

export type CommitState = {
  readonly kind: 'commit';
  /** The id of a commit, or of the empty tree before the first commit. */
  readonly id: string;
  /** For display: `main (3f2a1b9)`. */
  readonly name: string;
  /** The same without the id. */
  readonly ref: string;
};

/** @throws RetakeError `git_failed` if there is no repository, `invalid_setting` if a name is not a commit */
export async function comparedStates(directory: string, comparison: GitComparison): Promise<ComparedStates> {
  switch (comparison.kind) {
    case 'range': {
      const [, left = '', dots, right = ''] = /^(.*?)(\.{2,3})(.*)$/.exec(comparison.range) ?? [];
      const [from, to] = await Promise.all([left, right].map(ref => commitOf(directory, ref || 'HEAD')));
      if (!from || !to || dots === undefined) throw noRange(comparison.range);
      return {before: dots === '..' ? from : await mergeBase(directory, from, to), after: to};
    }
    case 'base': {
      const [base, head] = [await commitOf(directory, comparison.ref), await commitOf(directory, 'HEAD')];
      return {
        before: await mergeBase(directory, base, head),
        after: {kind: 'work-tree', name: 'the work tree'},
      };
    }
    case 'staged':
      return {before: await headOf(directory), after: {kind: 'index', name: 'the index'}};
    case 'work-tree':
      return {before: await headOf(directory), after: {kind: 'work-tree', name: 'the work tree'}};
  }
}

async function commitOf(directory: string, ref: string): Promise<CommitState> {
  await runGit(directory, ['rev-parse', '--git-dir']);
  try {
    const id = await resolveId(directory, `${ref}^{commit}`);
    return commitState(ref, id);
  } catch (cause) {
    throw new RetakeError(
      'invalid_setting',
      `Expected a commit, but \`${ref}\` does not exist in this repository`,
      {
        hint: 'In CI fetch it first: git fetch origin BRANCH. A checkout needs the whole history: fetch-depth: 0.',
        cause,
      },
    );
  }
}

async function resolveId(directory: string, name: string): Promise<string> {
  const id = await runGit(directory, ['rev-parse', '--verify', '--quiet', '--end-of-options', name]);
  return id.toString().trim();
}

async function mergeBase(directory: string, left: CommitState, right: CommitState): Promise<CommitState> {
  try {
    const id = (await runGit(directory, ['merge-base', left.id, right.id])).toString().trim();
    return id === left.id ? left : commitState(`merge base with ${left.ref}`, id);
  } catch (cause) {
    throw new RetakeError(
      'invalid_setting',
      `${left.name} and ${right.name} have no common commit in this repository`,
      {
        hint: 'In a shallow clone run git fetch --unshallow, or set fetch-depth: 0 for a checkout.',
        cause,
      },
    );
  }
}

/** HEAD, or the empty tree before the first commit. */
async function headOf(directory: string): Promise<CommitState> {
  await runGit(directory, ['rev-parse', '--git-dir']);
  try {
    const id = await resolveId(directory, 'HEAD^{commit}');
    return commitState('HEAD', id);
  } catch {
    // There is no commit yet.
    const id = (await runGit(directory, ['hash-object', '-t', 'tree', '--stdin'])).toString().trim();
    return {kind: 'commit', id, name: 'nothing', ref: 'nothing'};
  }
}

function commitState(ref: string, id: string): CommitState {
  const short = id.slice(0, 10);
  return {kind: 'commit', id, ref, name: ref.startsWith(short) ? short : `${ref} (${short})`};
}

function noRange(range: string): RetakeError {
  return new RetakeError('invalid_setting', `Expected a range such as main...HEAD, got \`${range}\``);
}
