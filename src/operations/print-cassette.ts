import {cassettePaths} from '../cassette/file/cassette-paths.js';
import {openCommittedFile} from '../cassette/file/committed-file.js';
import {RetakeError} from '../errors.js';
import {cassetteText} from '../report/cassette-text.js';

/**
 * A cassette file as text, in pieces. A file that cannot be read gives a sentence instead, because git shows nothing of a commit if one
 * of its files has no text.
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
