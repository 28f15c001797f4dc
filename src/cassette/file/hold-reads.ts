import type {Database, Statement} from 'better-sqlite3';

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
    if (database.open && database.inTransaction && !runUnlessBusy(ending)) endLater();
  };
  const endLater = () => {
    timer = setTimeout(end, longestHold).unref();
  };
  return {
    begin() {
      if (!timer && runUnlessBusy(beginning)) endLater();
    },
    end,
  };
}

/** While rows are being iterated over, better-sqlite3 begins and ends no transaction. */
function runUnlessBusy(statement: Statement<[]>): boolean {
  try {
    statement.run();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
