import {RetakeError} from '../errors.js';
import {runGit} from './run-git.js';

/** The first of these names that is a commit here; undefined if none is. */
export async function firstExistingCommit(
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
    // git fails if there is no such commit.
    if (error instanceof RetakeError) return false;
    throw error;
  }
}
