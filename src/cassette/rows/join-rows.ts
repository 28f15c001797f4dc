import type {StoredInteraction} from '../rows/stored-cassette.js';
import type {InteractionRow} from './interaction-row.js';

/** Puts the rows of equal keys beside each other; both sides come in the order of their ids, and so does the result. */
export function* joinRows(
  before: Iterable<StoredInteraction>,
  after: Iterable<StoredInteraction>,
): Iterable<readonly [before: InteractionRow | undefined, after: InteractionRow | undefined]> {
  const [old, current] = [before[Symbol.iterator](), after[Symbol.iterator]()];
  try {
    let [mine, theirs] = [nextOf(old), nextOf(current)];
    while (mine || theirs) {
      const [id, other] = [mine?.id, theirs?.id];
      if (id !== undefined && id === other && mine?.row.key === theirs?.row.key) {
        yield [mine?.row, theirs?.row];
        [mine, theirs] = [nextOf(old), nextOf(current)];
      } else if (other === undefined || (id !== undefined && id <= other)) {
        yield [mine?.row, undefined];
        mine = nextOf(old);
      } else {
        yield [undefined, theirs?.row];
        theirs = nextOf(current);
      }
    }
  } finally {
    old.return?.();
    current.return?.();
  }
}

function nextOf(rows: Iterator<StoredInteraction>): StoredInteraction | undefined {
  const {done, value} = rows.next();
  return done ? undefined : value;
}
