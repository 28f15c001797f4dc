import {createReadStream, existsSync} from 'node:fs';
import type {Readable} from 'node:stream';
import {cassettePaths} from '../cassette/file/cassette-paths.js';
import {readLines} from '../cassette/json-lines/read-lines.js';
import {isStoreAddress} from '../cassette/postgres/store-address.js';
import {rewriteStored} from '../cassette/stores/rewrite-stored.js';
import {RetakeError} from '../errors.js';

export type ImportOptions = {
  /** A file of JSON lines, or a stream of them. */
  readonly from: string | Readable;
  /** A file, or the address of a cassette in a database. */
  readonly path: string;
  /** Whether to replace an existing cassette. */
  readonly replaces: boolean;
};

/**
 * Creates a cassette from JSON lines: all of it or nothing.
 * @throws RetakeError `invalid_request` that names the line, `cassette_write_failed` when the cassette exists
 */
export async function importCassette({from, path, replaces}: ImportOptions): Promise<{interactions: number}> {
  if (!replaces && !isStoreAddress(path) && existsSync(cassettePaths(path).file)) throw alreadyExists(path);
  const shown = typeof from === 'string' ? from : 'the input';
  const input = typeof from === 'string' ? openInput(from) : from;
  const content = await readLines(linesOf(input), shown);
  const interactions = [...content.interactions];
  return rewriteStored(path, async file => {
    if (file && !replaces) throw alreadyExists(path);
    return {content: {...content, interactions}, result: {interactions: interactions.length}};
  });
}

/** Only a line break ends a line: JSON text may hold the other separators of Unicode as they are. */
async function* linesOf(input: Readable): AsyncIterable<string> {
  let rest = '';
  for await (const piece of input.setEncoding('utf8')) {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}

function openInput(path: string): Readable {
  if (!existsSync(path)) throw new RetakeError('not_found', `There is no file ${path}`);
  return createReadStream(path);
}

function alreadyExists(path: string): RetakeError {
  return new RetakeError('cassette_write_failed', `There is a cassette ${path} already`, {
    hint: 'Name another one, or replace it with the option `replace`. To have both, import into another one and merge the two: retake merge /dev/null A B',
  });
}
