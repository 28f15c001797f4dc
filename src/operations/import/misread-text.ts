import {utf8Text} from '../../chat/wire.js';

/** What each byte is in windows-1252, in which browsers read a text whose type names no character set. */
const bytesByCharacter = new Map(
  Array.from({length: 256}, (_, byte) => [new TextDecoder('windows-1252').decode(Uint8Array.of(byte)), byte]),
);

/**
 * The bytes of a text that Chromium exported: it reads event streams as windows-1252, and exports `â€“` for the three bytes of a dash. Undefined if the
 * text is not UTF-8 that was read so.
 */
export function misreadBytes(text: string): Uint8Array | undefined {
  if (/^\p{ASCII}*$/u.test(text)) return undefined;
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const byte = bytesByCharacter.get(text.charAt(index));
    if (byte === undefined) return undefined;
    bytes[index] = byte;
  }
  return utf8Text(bytes) === undefined ? undefined : bytes;
}
