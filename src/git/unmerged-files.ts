import {runGit} from './run-git.js';

/** A file that git could not merge: the object ids of where the branches parted, of ours and of theirs, where there is one. */
export type UnmergedFile = {
  /** From the top of the repository. */
  readonly path: string;
  readonly base?: string;
  readonly ours?: string;
  readonly theirs?: string;
};

const stages = {1: 'base', 2: 'ours', 3: 'theirs'} as const;

/** What waits for a decision, of files whose name has the ending. */
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

/** Tells git that a file is as it should be; one that is not there is removed. */
export async function stageFile(top: string, path: string): Promise<void> {
  await runGit(top, ['add', '--all', '--', path]);
}

/** Who the two sides of the merge under way are: in a rebase, theirs are one's own commits. */
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
    // The name means nothing at present, which is what was asked.
    return undefined;
  }
}
