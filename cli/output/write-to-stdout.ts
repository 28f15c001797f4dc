import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';

/** Writes text to stdout piece by piece, at the speed of its reader. */
export async function writeToStdout(pieces: AsyncIterable<string> | Iterable<string>): Promise<void> {
  await pipeline(Readable.from(pieces), process.stdout, {end: false});
}
