/**
 * An object with its members in the given order. JavaScript lists names that look like integers first, so the order of `{"b": …, "2024": …}`
 * would be lost: such an object is a proxy that lists its names as they were written. Copies made with `...` lose that again.
 */
export function objectOf<Value>(entries: readonly (readonly [string, Value])[]): {
  readonly [name: string]: Value;
} {
  const object: {[name: string]: Value} = Object.fromEntries(entries);
  if (!entries.some(([name]) => startsWithDigit(name))) return object;
  const names = [...new Set(entries.map(([name]) => name))];
  const isKept = Object.keys(object).every((name, index) => name === names[index]);
  return isKept ? object : new Proxy(object, {ownKeys: () => names});
}

function startsWithDigit(name: string): boolean {
  const code = name.charCodeAt(0);
  return code >= 0x30 && code <= 0x39;
}
