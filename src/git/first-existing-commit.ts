import {RetakeError} from '../errors.js';
import {runGit} from './run-git.js';

/** The first of these names that means a commit here; undefined when none does. */
export async function firstKnownCommit(
  directory: string,
  names: readonly string[],
): Promise<string | undefined> {
  await runGit(directory, ['rev-parse', '--git-dir']);
  for (const name of names) if (await isCommit(directory, name)) return name;
  return undefined;
}

async function isCommit(directory: string, name: string): Promise<boolean> {
  try {
    await runGit(directory, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
    return true;
  } catch (error) {
    // That git fails is the answer: no such commit.
    if (error instanceof RetakeError) return false;
    throw error;
  }
}
