/**
 * Characters that a reader cannot tell apart: other spaces, invisible ones, the same letter composed and decomposed, letters of other
 * scripts that look like Latin ones. Where two texts differ only by them, their code points are printed.
 */
export type LookAlike = {readonly before: string; readonly after: string};

/** The code points of the first place where two texts differ, if the difference cannot be seen there; undefined if it can. */
export function findLookAlike(before: string, after: string): LookAlike | undefined {
  const start = firstDifferenceOf(before, after);
  if (start === undefined) return undefined;
  const [mine, theirs] = [characterAt(before, start), characterAt(after, start)];
  if (plainSpace.test(mine) && plainSpace.test(theirs)) return undefined;
  const isAlike =
    skeletonOf(mine) === skeletonOf(theirs) ||
    [mine, theirs].some(one => one.includes('\r') || (one !== '' && skeletonOf(one) === '')) ||
    looksEqual(before, after);
  return isAlike ? {before: codePoints(mine), after: codePoints(theirs)} : undefined;
}

/** Blanks and line breaks, which quotation marks and lines make visible. */
const plainSpace = /^[ \t\n]*$/;

/** Whether two texts look the same although they are not. */
export function looksEqual(before: string, after: string): boolean {
  return before !== after && !(isAscii(before) && isAscii(after)) && skeletonOf(before) === skeletonOf(after);
}

/** The index of the first character in which two texts differ, never within a pair of surrogates; undefined if they are equal. */
export function firstDifferenceOf(before: string, after: string): number | undefined {
  if (before === after) return undefined;
  let same = 0;
  const shorter = Math.min(before.length, after.length);
  while (same < shorter && before.charCodeAt(same) === after.charCodeAt(same)) same++;
  const isHalf = same > 0 && /[\ud800-\udbff]/.test(before.charAt(same - 1));
  return isHalf ? same - 1 : same;
}

/** `U+00A0`; `nothing` for an empty text. */
export function codePoints(text: string): string {
  const points = Array.from(
    text,
    character => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
  return points.join(' ') || 'nothing';
}

/** The characters of a text that a reader would take for others or not see, each once, with its count; undefined without any. */
export function hiddenCharacters(text: string): string | undefined {
  // Most texts have none, and the expressions below are slow.
  if (isAscii(text)) return undefined;
  const counts = new Map<string, number>();
  for (const expression of [invisible, otherSpace, decomposed]) {
    for (const [found] of text.matchAll(expression)) counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  for (const [word] of text.matchAll(mixedWord)) {
    for (const letter of word) {
      if (letter in latinLookAlikes) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
  }
  if (counts.size === 0) return undefined;
  return [...counts]
    .map(([found, count]) => `${codePoints(found)}${count > 1 ? ` (${count})` : ''}`)
    .join(', ');
}

/** Format characters, except where they join emoji or letters of scripts that need them. */
const invisible =
  /(?:\u034f|[\u00ad\u180e\u200b\u2060-\u2064\ufeff\u115f\u1160\u3164\uffa0]|(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\p{L}\p{M}])[\u200c\u200d]|(?<=[\p{Script=Latin}\p{N}])[\u200c\u200d])/gu;
const otherSpace = /[^\S\t\n\r\x20\u2028\u2029]/gu;
/** A letter and its mark where one character would be both. */
const decomposed = /[A-Za-z][\u0300-\u036f]/gu;
/** A word of Latin letters with Cyrillic or Greek ones among them. */
const mixedWord =
  /(?=[\p{L}]*\p{Script=Latin})(?=[\p{L}]*[\p{Script=Cyrillic}\p{Script=Greek}])(?<!\p{L})\p{L}+/gu;

/** What a text looks like: compatible characters composed, invisible ones left out, spaces alike, look-alike letters as Latin ones. */
function skeletonOf(text: string): string {
  if (isAscii(text)) return text.replaceAll(/\s/g, ' ');
  return text
    .normalize('NFKD')
    .replaceAll(/[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu, '')
    .replaceAll(/\s/gu, ' ')
    .replaceAll(/[^\0-\x7f]/gu, letter => latinLookAlikes[letter] ?? letter);
}

const latinLookAlikes: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['АВЕЅІЈКМНОРСТХУ', 'ABESIJKMHOPCTXY'],
    ['аеѕіјорсхуһԁԛԝ', 'aesijopcxyhdqw'],
    ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
    ['οαινρυ', 'oaivpu'],
    ['‐‑‒–—−‘’ʼ′“”″', "------''''\"\"\""],
    ['ıɑɡ', 'iag'],
  ].flatMap(([letters = '', latin = '']) =>
    Array.from(letters, (letter, index) => [letter, latin[index] ?? '']),
  ),
);

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

/** Made when it is needed, because that takes 10 ms. */
let graphemes: Intl.Segmenter | undefined;

/** The character that starts at an index, with its marks. */
function characterAt(text: string, index: number): string {
  // Of ASCII characters, only a line break is joined to another.
  const pair = text.slice(index, index + 2);
  if (isAscii(pair) && !pair.startsWith('\r')) return pair.slice(0, 1);
  graphemes ??= new Intl.Segmenter('und', {granularity: 'grapheme'});
  // A character with very many marks is cut.
  for (const {segment} of graphemes.segment(text.slice(index, index + 32))) return segment;
  return '';
}
