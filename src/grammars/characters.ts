/** A set of code points as ranges, both ends included, in order and without overlaps. */
export type Characters = readonly (readonly [from: number, to: number])[];

const last = 0x10_ff_ff;

/** No text has these. */
const surrogates: Characters = [[0xd8_00, 0xdf_ff]];

export function charactersOf(ranges: Characters): Characters {
  const merged: [number, number][] = [];
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    const before = merged.at(-1);
    if (before && from <= before[1] + 1) before[1] = Math.max(before[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

export function character(text: string): Characters {
  const code = text.codePointAt(0) ?? 0;
  return [[code, code]];
}

export function complement(characters: Characters): Characters {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [from, to] of charactersOf([...characters, ...surrogates])) {
    if (from > next) gaps.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= last) gaps.push([next, last]);
  return gaps;
}

export function difference(characters: Characters, without: Characters): Characters {
  return complement(charactersOf([...complement(characters), ...without]));
}

export function includes(characters: Characters, code: number): boolean {
  return characters.some(([from, to]) => from <= code && code <= to);
}

export function intersects(some: Characters, others: Characters): boolean {
  return some.some(([from, to]) => others.some(([start, end]) => from <= end && start <= to));
}

/** The same letters in both cases. */
export function inBothCases(characters: Characters): Characters {
  const letters = [...'abcdefghijklmnopqrstuvwxyz'].flatMap(lower => {
    const [low, high] = [lower.charCodeAt(0), lower.toUpperCase().charCodeAt(0)];
    return includes(characters, low) || includes(characters, high) ? [low, high] : [];
  });
  return charactersOf([...characters, ...letters.map(code => [code, code] as const)]);
}

export const digits: Characters = [[0x30, 0x39]];
export const wordCharacters: Characters = charactersOf([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]);
export const whiteSpace: Characters = charactersOf([
  [0x09, 0x0d],
  [0x20, 0x20],
]);
export const anyCharacter: Characters = complement([]);
export const notLineBreak: Characters = complement([[0x0a, 0x0a]]);
