import {closestMatch} from 'leven';

/** The end of a sentence on an unknown name: `; did you mean \`pace\`?`, or nothing if no known name is similar. */
export function suggestName(unknown: string, known: readonly string[]): string {
  const maxDistance = Math.max(2, Math.floor(unknown.length / 3));
  const nearest = closestMatch(unknown, [...known], {maxDistance});
  return nearest === undefined ? '' : `; did you mean \`${nearest}\`?`;
}
