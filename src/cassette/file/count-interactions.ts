import {cassettePaths} from './cassette-paths.js';
import {openCommittedFile} from './committed-file.js';

/**
 * The number of interactions in a cassette's file, without reading them; 0 if there is no file.
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
