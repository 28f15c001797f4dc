/**
 * What patterns of other languages write differently: names of groups in Python and Rust, flags at the beginning, anchors of the whole text,
 * possessive and atomic groups, and POSIX classes.
 */
const foreignSyntax: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\(\?P</g, '(?<'],
  [/\(\?P=(\w+)\)/g, '\\k<$1>'],
  [/\(\?[aiLmsux]+\)/g, ''],
  [/\(\?[aiLmsux-]+:/g, '(?:'],
  [/\(\?>/g, '(?:'],
  [/\(\?#[^)]*\)/g, ''],
  [/\\[AZzhGR]/g, '\\b'],
  [/([*+?}])\+/g, '$1'],
  [/\[:\^?[a-z]+:\]/g, 'a'],
];

/** Whether a text is a regular expression, in JavaScript or in a language that SDKs write schemas in. */
export function isPattern(text: string): boolean {
  const translated = foreignSyntax.reduce((given, [from, to]) => given.replace(from, to), text);
  return [text, translated].some(pattern => ['u', 'v', ''].some(flags => compiles(pattern, flags)));
}

function compiles(pattern: string, flags: string): boolean {
  try {
    new RegExp(pattern, flags);
    return true;
  } catch {
    // None with these flags.
    return false;
  }
}
