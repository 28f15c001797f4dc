import {writeLines} from '../cassette/json-lines/write-lines.js';
import {openStored} from '../cassette/stores/open-stored.js';
import {RetakeError} from '../errors.js';

/**
 * A cassette as JSON lines.
 * @throws RetakeError `not_found`, `cassette_invalid`
 */
export async function* exportCassette(path: string): AsyncIterable<string> {
  const file = await openStored(path);
  if (!file) throw new RetakeError('not_found', `There is no cassette at ${path}`);
  try {
    yield* writeLines(file, path);
  } finally {
    file.close();
  }
}
