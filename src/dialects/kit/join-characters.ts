/** Joins characters that a server has cut in two: the first half of a surrogate pair waits for the second. */
export class CharacterJoiner {
  readonly #halves = new Map<string, string>();

  /** The text with a half from before, without a half at its end. A half that stays alone becomes U+FFFD. */
  add(stream: string, piece: string): string {
    if (piece === '') return '';
    const text = (this.#halves.get(stream) ?? '') + piece;
    const end = isFirstHalf(text.charCodeAt(text.length - 1)) ? text.length - 1 : text.length;
    if (end < text.length) this.#halves.set(stream, text.slice(end));
    else this.#halves.delete(stream);
    return text.slice(0, end).toWellFormed();
  }

  /** What is left of a stream at its end. */
  end(stream: string): string {
    const half = this.#halves.get(stream) ?? '';
    this.#halves.delete(stream);
    return half.toWellFormed();
  }
}

function isFirstHalf(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
