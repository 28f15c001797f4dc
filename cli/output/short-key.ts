/** The first digits of a key, as `retake ls` shows them and `retake show` takes them. */
export function shortKey(key: string): string {
  return key.replace(/^\d+:/, '').slice(0, 12);
}
