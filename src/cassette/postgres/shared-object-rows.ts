import {randomUUID} from 'node:crypto';
import {readObject, type SharedObjects, writeObject} from '../../chat/shared-objects.js';
import type {Query} from './driver.js';

/** Milliseconds between two looks for what other processes have deleted. */
const interval = 15_000;
/** After so many looks, what has expired is removed: an hour. */
const looksBetweenRemovals = 240;
/** Milliseconds for which an object without a time of its own is there, and for which a deletion is told. */
const longestLife = 30 * 24 * 60 * 60 * 1000;
const deletionLife = 24 * 60 * 60 * 1000;
const pageLength = 20;

/** "RETK" and the number of the lock, under which changes get their numbers: who has read one has read all before it. */
const orderLock = '(1380271179, 2)';

/**
 * The objects that the clients of several processes store. Each process has a copy of all, and reads what is new by its number. `scope`
 * keeps those apart that use the same database for something else.
 */
export function createSharedObjects(query: Query, scope: string): SharedObjects & {close(): void} {
  const origin = randomUUID();
  const kinds = new Map<string, (id: string, value: unknown) => void>();
  const pending = new Set<Promise<unknown>>();
  let last = '0';
  let writing: Promise<unknown> = Promise.resolve();
  let reading: Promise<boolean> | undefined;
  let nextReading: Promise<boolean> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let looks = 0;

  const spaceOf = (kind: string) => `${scope}/${kind}`;
  const write = (kind: string, id: string, value: Buffer | null, expires: number) => {
    const written = writing.then(() =>
      query(
        `WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock${orderLock})
         INSERT INTO retake.objects AS o (space, id, origin, expires, value)
         SELECT $1, $2, $3, to_timestamp($4::double precision / 1000), $5 FROM locked
         ON CONFLICT (space, id) DO UPDATE
         SET seq = DEFAULT, origin = excluded.origin, expires = excluded.expires, value = excluded.value`,
        [spaceOf(kind), id, origin, expires, value],
      ),
    );
    // The next change is tried whatever became of this one.
    writing = written.catch(() => {});
    pending.add(written);
    written.catch(() => {}).finally(() => pending.delete(written));
  };
  const read = async (): Promise<boolean> => {
    let hasNews = false;
    for (;;) {
      const rows = await query<{space: string; id: string; seq: string; value: Buffer | null}>(
        `SELECT space, id, seq, value FROM retake.objects
         WHERE space = ANY($1) AND seq > $2 AND origin <> $3 AND expires > clock_timestamp()
         ORDER BY seq LIMIT ${pageLength}`,
        [[...kinds.keys()].map(spaceOf), last, origin],
      );
      for (const {space, id, seq, value} of rows) {
        kinds.get(space.slice(scope.length + 1))?.(
          id,
          value === null ? undefined : readObject(value.toString()),
        );
        last = seq;
        hasNews = true;
      }
      if (rows.length < pageLength) return hasNews;
    }
  };
  const start = (): Promise<boolean> => {
    nextReading = undefined;
    reading = read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  const pull = (): Promise<boolean> => {
    if (!reading) return start();
    // What runs may have begun before the change that the caller needs.
    nextReading ??= reading.then(start, start);
    return nextReading;
  };
  const look = async () => {
    try {
      await pull();
      if (++looks % looksBetweenRemovals === 0) await removeExpired(query);
    } catch {
      // The database is away: the next look comes soon.
    }
  };
  return {
    open(kind, receive) {
      kinds.set(kind, receive);
      timer ??= setInterval(() => void look(), interval).unref();
      return {
        put: (id, {value, expiresAt = Date.now() + longestLife}) =>
          write(kind, id, Buffer.from(writeObject(value)), expiresAt),
        delete: id => write(kind, id, null, Date.now() + deletionLife),
      };
    },
    newId: randomUUID,
    pull,
    async settle() {
      await Promise.all(pending);
    },
    close: () => clearInterval(timer),
  };
}

/** Removes what has expired. */
export async function removeExpired(query: Query): Promise<void> {
  await query('DELETE FROM retake.objects WHERE expires < clock_timestamp()');
}
