import type {Database} from 'better-sqlite3';

/** A transaction for reads that follow each other: without one, SQLite locks the file and looks for changes at each of them. */
export type HeldReads = {
  /** Begins the transaction, unless it runs. It ends by itself a moment later. */
  begin(): void;
  end(): void;
};

/** Milliseconds for which another program that wants to write waits at most. */
const longestHold = 10;

export function holdReads(database: Database): HeldReads {
  const beginning = database.prepare('BEGIN');
  const ending = database.prepare('COMMIT');
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    clearTimeout(timer);
    timer = undefined;
    if (database.open && database.inTransaction) ending.run();
  };
  return {
    begin() {
      if (timer) return;
      beginning.run();
      timer = setTimeout(end, longestHold).unref();
    },
    end,
  };
}
