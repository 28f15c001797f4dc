import {cassettePaths} from '../cassette/file/cassette-paths.js';
import {openCommittedFile} from '../cassette/file/committed-file.js';
import {RetakeError} from '../errors.js';
import {cassetteText} from '../report/cassette-text.js';

/**
 * A cassette's file as text, piece by piece. One that cannot be read is described by a sentence instead: git shows nothing at all of a
 * commit when one of its files has no text.
 */
export async function* textOfCassette(path: string): AsyncIterable<string> {
  try {
    const file = openCommittedFile(cassettePaths(path));
    if (!file) {
      yield 'There is no cassette.\n';
      return;
    }
    try {
      yield* cassetteText(file, 'in this state');
    } finally {
      file.close();
    }
  } catch (error) {
    if (!(error instanceof RetakeError)) throw error;
    yield `${error.message}\n`;
  }
}
