import type {WirePiece} from '../../chat/wire.js';

/**
 * A body cut where its events end, whatever the pieces were in which it came; each event has the time at which its last byte came. A body
 * of another kind is one piece.
 */
export function splitEvents(pieces: readonly WirePiece[], contentType: string): readonly WirePiece[] {
  const body = Buffer.concat(pieces.map(({bytes}) => bytes));
  const ends = /^text\/event-stream/i.test(contentType) ? eventEnds(body.toString('latin1')) : [];
  if (ends.at(-1) !== body.length) ends.push(body.length);
  let start = 0;
  return ends.map(end => {
    const bytes = body.subarray(start, end);
    start = end;
    return {at: timeOf(end, pieces), bytes};
  });
}

/** Where events end: after an empty line, and what follows a carriage return that is one with it. */
function eventEnds(text: string): number[] {
  return [...text.matchAll(/(?:\r\n|\r(?!\n)|\n)(?:\r\n|\r(?!\n)|\n)+/g)].map(
    ({index, 0: {length}}) => index + length,
  );
}

function timeOf(end: number, pieces: readonly WirePiece[]): number {
  let length = 0;
  for (const {at, bytes} of pieces) {
    length += bytes.length;
    if (length >= end) return at;
  }
  return pieces.at(-1)?.at ?? 0;
}
