const marker = Buffer.from('%PDF-');
/** How far into a file viewers look for the marker, as Acrobat does (PDF Reference 1.7, appendix H, note 13). */
const reach = 1024;

/** A PDF by its bytes: the marker stands within the first 1024 of them, for viewers accept leading junk. */
export function isPdf(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, reach);
  return Buffer.from(start.buffer, start.byteOffset, start.byteLength).includes(marker);
}
