/** Different words as sorted numbers. */
export type Words = Uint32Array;

/** Characters of a request that are enough to tell it from others. */
const defaultReadLength = 8000;

/** Numbers words, and remembers the words of each text: many requests share system prompts and tool definitions. */
export class Vocabulary {
  readonly #numbers = new Map<string, number>();
  readonly #known = new Map<string, Words>();
  readonly #readLength: number;

  constructor(readLength = defaultReadLength) {
    this.#readLength = readLength;
  }

  wordsOf(texts: readonly string[]): Words {
    const words = new Set<number>();
    let left = this.#readLength;
    for (const text of texts) {
      if (left <= 0) break;
      for (const word of this.#wordsIn(text.slice(0, left))) words.add(word);
      left -= text.length + 1;
    }
    return Uint32Array.from(words).sort();
  }

  #wordsIn(text: string): Words {
    const known = this.#known.get(text);
    if (known) return known;
    const words = new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
    const found = Uint32Array.from(words, word => this.#numberOf(word));
    this.#known.set(text, found);
    return found;
  }

  #numberOf(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    const next = this.#numbers.size;
    this.#numbers.set(word, next);
    return next;
  }
}

/** Share of words in common (Sørensen–Dice). */
export function likeness(a: Words, b: Words): number {
  if (a.length + b.length === 0) return 1;
  let [common, mine, theirs] = [0, 0, 0];
  while (mine < a.length && theirs < b.length) {
    const [word = 0, other = 0] = [a[mine], b[theirs]];
    if (word === other) common++;
    if (word <= other) mine++;
    if (other <= word) theirs++;
  }
  return (2 * common) / (a.length + b.length);
}
