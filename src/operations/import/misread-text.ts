import {utf8Text} from '../../chat/wire.js';

/** Tools that read an event stream without a character set as windows-1252 or ISO 8859-1, although it is UTF-8. */
const misreaders = new Set(['Playwright', 'WebInspector', 'mitmproxy']);

export type ExportedStream = {
  readonly bytes: Uint8Array;
  /** What is doubtful about the text. */
  readonly note?: string | undefined;
};

/**
 * The bytes of an event stream that a tool exported as text. For the three bytes of a dash it may have written three characters, `â€“`. That is
 * undone for the tools that are known for it, and if the size of the body says so.
 */
export function restoreStream(
  bytes: Uint8Array,
  {creator, size}: {readonly creator: string; readonly size: number},
): ExportedStream {
  const original = misreadBytes(utf8Text(bytes) ?? '');
  if (!original) return {bytes};
  if (misreaders.has(creator) || size === original.length) return {bytes: original};
  if (size === bytes.length) return {bytes};
  return {bytes, note: 'its text may have been exported in a wrong character set: compare it'};
}

/** The bytes of which a text is the characters, if they are UTF-8 with other characters than ASCII. */
function misreadBytes(text: string): Uint8Array | undefined {
  if (/^\p{ASCII}*$/u.test(text)) return undefined;
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const byte = code < 256 ? code : bytesByCharacter.get(text.charAt(index));
    if (byte === undefined) return undefined;
    bytes[index] = byte;
  }
  return utf8Text(bytes) === undefined ? undefined : bytes;
}

/** The bytes that are other characters in windows-1252 than in ISO 8859-1. */
const bytesByCharacter = new Map(
  Array.from({length: 32}, (_, index) => {
    const byte = 0x80 + index;
    return [new TextDecoder('windows-1252').decode(Uint8Array.of(byte)), byte];
  }),
);
