import {RetakeError} from '../errors.js';
import {runGit} from './run-git.js';

/**
 * Reads git objects, in the order of their ids.
 * @throws RetakeError `git_failed` if an object is missing, for instance in a partial clone without its remote
 */
export async function readBlobs(directory: string, ids: readonly string[]): Promise<readonly Buffer[]> {
  if (ids.length === 0) return [];
  const output = await runGit(directory, ['cat-file', '--batch'], {input: ids.map(id => `${id}\n`).join('')});
  let start = 0;
  return ids.map(id => {
    const end = output.indexOf('\n', start);
    const header = output.subarray(start, end).toString();
    const [, size] = /^[0-9a-f]+ blob (\d+)$/.exec(header) ?? [];
    if (size === undefined) {
      throw new RetakeError('git_failed', `git has no file ${id}: it says "${header}"`, {
        hint: 'In a shallow or partial clone fetch the commits first: git fetch --unshallow',
      });
    }
    const content = output.subarray(end + 1, end + 1 + Number(size));
    start = end + 1 + Number(size) + 1;
    return content;
  });
}
