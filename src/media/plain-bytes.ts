/** Whether the first bytes have only the control characters of text: tab, line ends, form feed, escape. */
export function beginsPlain(buffer: Buffer): boolean {
  return buffer
    .subarray(0, 64)
    .every(byte => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b);
}
