import {runGit} from './run-git.js';

/** A file with a merge conflict: the object ids of the base, of ours and of theirs, as far as they exist. */
export type UnmergedFile = {
  /** Relative to the top of the repository. */
  readonly path: string;
  readonly base?: string;
  readonly ours?: string;
  readonly theirs?: string;
};

const stages = {1: 'base', 2: 'ours', 3: 'theirs'} as const;

/** The files with the ending that have a merge conflict. */
export async function unmergedFiles(
  top: string,
  {ending, paths}: {readonly ending: string; readonly paths: readonly string[]},
): Promise<readonly UnmergedFile[]> {
  const listed = await runGit(top, ['ls-files', '--unmerged', '-z', '--', ...paths]);
  const files = new Map<string, UnmergedFile>();
  for (const entry of listed.toString().split('\0')) {
    const [, id = '', stage = '', path = ''] = /^\d+ ([0-9a-f]+) ([123])\t([\s\S]+)$/.exec(entry) ?? [];
    if (!path.endsWith(ending) || id === '') continue;
    const side = stages[Number(stage) as keyof typeof stages];
    files.set(path, {...files.get(path), path, [side]: id});
  }
  return [...files.values()];
}

/** Stages a file; a file that does not exist is removed from the index. */
export async function stageFile(top: string, path: string): Promise<void> {
  await runGit(top, ['add', '--all', '--', path]);
}

/** The commits on both sides of the current merge; in a rebase, theirs are the user's own commits. */
export async function mergeSides(
  top: string,
): Promise<{readonly ours: string; readonly theirs: string | undefined}> {
  for (const head of ['MERGE_HEAD', 'REBASE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD']) {
    const theirs = await describeCommit(top, head);
    if (theirs !== undefined) return {ours: (await describeCommit(top, 'HEAD')) ?? 'HEAD', theirs};
  }
  return {ours: (await describeCommit(top, 'HEAD')) ?? 'HEAD', theirs: undefined};
}

async function describeCommit(top: string, name: string): Promise<string | undefined> {
  try {
    const id = await runGit(top, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
    return (await runGit(top, ['log', '-1', '--format=%h %s', id.toString().trim()])).toString().trim();
  } catch {
    // There is no such commit at the moment.
    return undefined;
  }
}
