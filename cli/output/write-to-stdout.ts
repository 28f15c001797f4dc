import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';

/** Writes text to stdout piece by piece, as fast as its reader takes it. */
export async function writeToStdout(pieces: AsyncIterable<string> | Iterable<string>): Promise<void> {
  await pipeline(Readable.from(pieces), process.stdout, {end: false});
}
