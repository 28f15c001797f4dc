/**
 * Makes untrusted text safe for a terminal: control characters, which could move the cursor or hide text, marks that change the
 * direction of writing, and characters without a width become escapes. The joiners of emoji and of some scripts stay, and so do line
 * breaks and tabs; `printableLine` escapes those too.
 */
export function printable(text: string): string {
  return text.replaceAll(unsafe, escapeCharacter);
}

export function printableLine(text: string): string {
  return text.replaceAll(unsafeInLine, escapeCharacter);
}

const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be found.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const unsafeInLine =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be found.
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function escapeCharacter(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** JSON text with those characters written as its own escapes; the value stays the same. */
export function escapeInJson(text: string): string {
  return text.replaceAll(unsafe, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
