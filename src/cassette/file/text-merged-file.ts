/** How a file shows that two cassettes were merged as text; undefined if it does not. */
export function findTextMerge(bytes: Buffer): string | undefined {
  // Recorded texts are JSON, without raw line breaks or NULs: these bytes come from elsewhere.
  if (conflictMarkers.every(marker => bytes.includes(`\n${marker}`) || startsWith(bytes, marker))) {
    return "has git's conflict markers in it";
  }
  return bytes.includes(magic, 1) ? 'holds two SQLite files, one behind the other' : undefined;
}

/** Whether a file begins with a conflict marker of git. */
export function beginsWithConflict(start: Buffer): boolean {
  return startsWith(start, '<<<<<<< ');
}

const conflictMarkers = ['<<<<<<< ', '=======', '>>>>>>> '];
const magic = 'SQLite format 3\0';

function startsWith(bytes: Buffer, text: string): boolean {
  return bytes.subarray(0, text.length).toString('latin1') === text;
}
