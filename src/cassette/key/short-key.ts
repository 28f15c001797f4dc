/** The first digits of a key, as `retake ls` prints them and `retake show` accepts them. */
export function shortKey(key: string): string {
  return key.replace(/^\d+:/, '').slice(0, 12);
}
