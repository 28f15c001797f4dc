import {cassettePaths} from './cassette-paths.js';
import {openCommittedFile} from './committed-file.js';

/**
 * How many interactions a cassette's file holds, without reading them; 0 when there is none.
 * @throws RetakeError `cassette_invalid`
 */
export function countInteractions(path: string): number {
  const committed = openCommittedFile(cassettePaths(path));
  if (!committed) return 0;
  try {
    return committed.count();
  } finally {
    committed.close();
  }
}
