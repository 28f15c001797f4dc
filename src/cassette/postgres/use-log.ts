import type {Query} from './driver.js';

/** Notes which interactions are replayed, so that `retake prune --unused` can remove those that no replica uses. */
export type UseLog = {
  note(interaction: bigint): void;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
};

/** Milliseconds between two writes. */
const interval = 30_000;
/** Bounds memory: an interaction beyond these is written more than once a day. */
const knownLimit = 200_000;

/** Writes each interaction at most once a day, many in one statement. */
export function createUseLog(options: {
  readonly query: Query;
  readonly cassette: string;
  readonly log: (message: string) => void;
  readonly now?: () => Date;
}): UseLog {
  const {query, cassette, log, now = () => new Date()} = options;
  const known = new Set<bigint>();
  const waiting = new Set<bigint>();
  let day = '';
  let timer: NodeJS.Timeout | undefined;
  let hasFailed = false;
  const flush = async () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.size === 0) return;
    const ids = [...waiting];
    waiting.clear();
    try {
      await noteUses(query, cassette, ids);
    } catch (error) {
      for (const id of ids) known.delete(id);
      if (!hasFailed) log(`Replays are not noted for \`retake prune --unused\`: ${String(error)}`);
      hasFailed = true;
    }
  };
  return {
    note(interaction) {
      const today = now().toISOString().slice(0, 10);
      if (today !== day || known.size >= knownLimit) known.clear();
      day = today;
      if (known.has(interaction)) return;
      known.add(interaction);
      waiting.add(interaction);
      timer ??= setTimeout(() => void flush(), interval).unref();
    },
    flush,
  };
}

/** Notes today as the last day on which the interactions with these ids were used, in one order, so that two processes cannot block each other. */
export async function noteUses(query: Query, cassette: string, ids: readonly bigint[]): Promise<void> {
  await query(
    `INSERT INTO retake.uses AS u
     SELECT i.cassette, i.id, current_date FROM retake.interactions i JOIN retake.cassettes c ON c.id = i.cassette
     WHERE c.name = $1 AND i.id = ANY($2::bigint[]) ORDER BY i.id
     ON CONFLICT (cassette, interaction) DO UPDATE SET day = excluded.day WHERE u.day < excluded.day`,
    [cassette, ids.map(String)],
  );
}

/** The ids of the interactions that were used on the day of this time or later. */
export async function usedSince(query: Query, cassette: string, since: number): Promise<ReadonlySet<bigint>> {
  const rows = await query<{interaction: string}>(
    `SELECT u.interaction FROM retake.uses u JOIN retake.cassettes c ON c.id = u.cassette
     WHERE c.name = $1 AND u.day >= to_timestamp($2::double precision / 1000)::date`,
    [cassette, since],
  );
  return new Set(rows.map(({interaction}) => BigInt(interaction)));
}
