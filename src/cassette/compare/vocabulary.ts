import {WordNumbers} from './word-numbers.js';

/** Different words as sorted numbers. */
export type Words = readonly number[];

/** Characters of a request that are enough to tell it from others. */
const defaultReadLength = 8000;

/** Numbers words. */
export class Vocabulary {
  readonly #numbers = new WordNumbers();
  readonly #known = new Map<string, Words>();
  readonly #readLength: number;

  constructor(readLength = defaultReadLength) {
    this.#readLength = readLength;
  }

  /** The words of a text that few requests share. */
  wordsOf(text: string): Words {
    return sorted(this.#numbers.in(text.slice(0, this.#readLength)));
  }

  /** The words of all texts of a request. Many requests share system prompts and tool definitions, so each text is remembered. */
  wordsOfAll(texts: readonly string[]): Words {
    const words = new Set<number>();
    let left = this.#readLength;
    for (const text of texts) {
      if (left <= 0) break;
      for (const word of this.#wordsIn(text.slice(0, left))) words.add(word);
      left -= text.length + 1;
    }
    return sorted([...words]);
  }

  #wordsIn(text: string): Words {
    const known = this.#known.get(text);
    if (known) return known;
    const found = this.#numbers.in(text);
    this.#known.set(text, found);
    return found;
  }
}

function sorted(words: number[]): Words {
  return words.sort((a, b) => a - b);
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
