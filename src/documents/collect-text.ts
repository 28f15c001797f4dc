import {RetakeError} from '../errors.js';

const maximumMegabytes = 16;

/** The text that a program extracts from a PDF. */
export async function collectText(stdout: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stdout) {
    length += chunk.length;
    if (length > maximumMegabytes * 1024 * 1024)
      throw new RetakeError('invalid_request', `The PDF holds more than ${maximumMegabytes} MB of text`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
