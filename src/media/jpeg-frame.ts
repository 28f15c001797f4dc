/** The frame header of a JPEG (ITU-T T.81, B.2.2). */
export type JpegFrame = {readonly process: number; readonly precision: number; readonly components: number};

/** Undefined if there is no frame. */
export function readJpegFrame(bytes: Uint8Array): JpegFrame | undefined {
  let offset = 2;
  while (offset + 9 < bytes.length && bytes[offset] === 0xff) {
    const [, marker = 0, high = 0, low = 0, precision = 0] = bytes.subarray(offset, offset + 5);
    if (isFrame(marker)) return {process: marker - 0xc0, precision, components: bytes[offset + 9] ?? 0};
    // Fill bytes before a marker have no length.
    offset += marker === 0xff ? 1 : 2 + high * 256 + low;
  }
  return undefined;
}

/** C0 to CF, less the tables of Huffman (C4) and arithmetic coding (CC) and an extension (C8). */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
