/** The first bytes of a stream as text. The rest is read and dropped, so that the writer does not block. */
export async function collectStart(stream: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  const kept: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = chunk.subarray(0, limit - length);
    if (bytes.length > 0) kept.push(bytes);
    length += bytes.length;
  }
  return Buffer.concat(kept).toString('utf8');
}

/** The last bytes of a stream as text. */
export async function collectEnd(stream: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  let kept = Buffer.alloc(0);
  for await (const chunk of stream) kept = Buffer.concat([kept, chunk]).subarray(-limit);
  return kept.toString('utf8');
}
