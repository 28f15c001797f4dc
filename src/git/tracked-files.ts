import {basename, dirname} from 'node:path';
import {RetakeError} from '../errors.js';
import {runGit} from './run-git.js';

/**
 * Those of some files of one folder that git tracks. None where there is no git or no repository. A repository of another user is asked,
 * too, and no program that its configuration names is run.
 */
export async function trackedFiles(paths: readonly string[]): Promise<ReadonlySet<string>> {
  const [first] = paths;
  if (first === undefined) return new Set();
  try {
    const options = ['-c', 'safe.directory=*', '-c', 'core.fsmonitor=false'];
    const names = paths.map(path => basename(path));
    const output = await runGit(dirname(first), [...options, 'ls-files', '-z', '--', ...names]);
    const tracked = new Set(output.toString().split('\0'));
    return new Set(paths.filter(path => tracked.has(basename(path))));
  } catch (error) {
    if (error instanceof RetakeError && error.code === 'git_failed') return new Set();
    throw error;
  }
}
