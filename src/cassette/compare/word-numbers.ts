/**
 * Gives each word a number: the first one 0. Words are runs of letters and digits in small letters. Of ASCII text, which most prompts are,
 * each word is looked up by its characters where they stand, without cutting the text into thousands of small ones.
 */
export class WordNumbers {
  readonly #words: string[] = [];
  /** The number of a word plus one at a place that its characters tell, or at the next free one; a power of two. */
  #places = new Int32Array(128);
  /** By number, the text in which the word was last found. */
  readonly #lastText: number[] = [];
  #texts = 0;

  /** The numbers of the words in a text, each once, in the order of the text. */
  in(text: string): number[] {
    this.#texts++;
    const found: number[] = [];
    const note = (number: number) => {
      if (this.#lastText[number] === this.#texts) return;
      this.#lastText[number] = this.#texts;
      found.push(number);
    };
    if (isAscii.test(text)) this.#scan(text, note);
    else for (const [word] of text.toLowerCase().matchAll(words)) note(this.#numberOf(word, 0, word.length));
    return found;
  }

  #scan(text: string, note: (number: number) => void): void {
    const small = text.toLowerCase();
    let start = -1;
    for (let index = 0; index <= small.length; index++) {
      if (isOfWord(small.charCodeAt(index))) {
        if (start === -1) start = index;
      } else if (start !== -1) {
        note(this.#numberOf(small, start, index));
        start = -1;
      }
    }
  }

  /** The number of the word between two places of a text. */
  #numberOf(text: string, start: number, end: number): number {
    const last = this.#places.length - 1;
    for (let place = hashOf(text, start, end) & last; ; place = (place + 1) & last) {
      const number = (this.#places[place] ?? 0) - 1;
      if (number === -1) return this.#add(text.slice(start, end), place);
      if (isAt(this.#words[number] ?? '', text, start, end)) return number;
    }
  }

  #add(word: string, place: number): number {
    const number = this.#words.push(word) - 1;
    this.#lastText.push(0);
    this.#places[place] = number + 1;
    if (this.#words.length * 2 > this.#places.length) this.#grow();
    return number;
  }

  #grow(): void {
    const last = this.#places.length * 2 - 1;
    const places = new Int32Array(last + 1);
    for (const [number, word] of this.#words.entries()) {
      let place = hashOf(word, 0, word.length) & last;
      while (places[place] !== 0) place = (place + 1) & last;
      places[place] = number + 1;
    }
    this.#places = places;
  }
}

const isAscii = /^[\0-\x7f]*$/;
const words = /[\p{L}\p{N}]+/gu;

function isOfWord(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

function isAt(word: string, text: string, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let index = 0; index < word.length; index++) {
    if (word.charCodeAt(index) !== text.charCodeAt(start + index)) return false;
  }
  return true;
}

/** FNV-1a, mixed so that its low bits depend on all characters. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash ^ (hash >>> 15);
}
