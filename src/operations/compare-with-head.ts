import {dirname} from 'node:path';
import {type CassettesDiff, diffCassettes} from './diff-cassettes.js';

/**
 * Compares the cassettes at a path with those of the last commit.
 * @throws RetakeError as `diffCassettes` does
 */
export function compareWithHead(path: string): Promise<CassettesDiff> {
  return diffCassettes({kind: 'work-tree'}, {directory: dirname(path), paths: [path]});
}
