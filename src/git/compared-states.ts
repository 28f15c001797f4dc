import {RetakeError} from '../errors.js';
import {runGit} from './run-git.js';

/** Which two states of a repository are compared. */
export type GitComparison =
  /** `A..B`, or `A...B` for what B changed since it left A; an empty side is HEAD. */
  | {readonly kind: 'range'; readonly range: string}
  /** What HEAD and the work tree changed since they left a branch. */
  | {readonly kind: 'base'; readonly ref: string}
  /** What the next commit would change. */
  | {readonly kind: 'staged'}
  /** What was changed since the last commit. */
  | {readonly kind: 'work-tree'};

export type ComparedStates = {
  readonly before: CommitState;
  readonly after: CommitState | {readonly kind: 'index' | 'work-tree'; readonly name: string};
};

export type CommitState = {
  readonly kind: 'commit';
  /** The object's id: of a commit, or of the empty tree before the first one. */
  readonly id: string;
  /** For the reader: `main (3f2a1b9)`. */
  readonly name: string;
  /** The same without the id. */
  readonly ref: string;
};

/** @throws RetakeError `git_failed` when there is no repository, `invalid_setting` when a name means no commit */
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
      `Expected a commit, got \`${ref}\`, which git does not know here`,
      {
        hint: 'In CI fetch it first: git fetch origin BRANCH; a checkout needs the whole history (fetch-depth: 0).',
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
    return id === left.id ? left : commitState(`where it left ${left.ref}`, id);
  } catch (cause) {
    throw new RetakeError('invalid_setting', `${left.name} and ${right.name} have no commit in common here`, {
      hint: 'A shallow clone lacks it: git fetch --unshallow, or fetch-depth: 0 in a checkout.',
      cause,
    });
  }
}

/** HEAD, or the empty tree where nothing was committed yet. */
async function headOf(directory: string): Promise<CommitState> {
  await runGit(directory, ['rev-parse', '--git-dir']);
  try {
    const id = await resolveId(directory, 'HEAD^{commit}');
    return commitState('HEAD', id);
  } catch {
    // Without a commit everything is new.
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
