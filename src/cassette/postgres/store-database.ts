import {setTimeout as sleep} from 'node:timers/promises';
import {RetakeError} from '../../errors.js';
import type {ConnectOptions, Encryption} from './connect-options.js';
import {
  type Connection,
  demandsEncryption,
  kindOfError,
  openConnection,
  openPool,
  type Pool,
  type Query,
  refusesEncryption,
} from './driver.js';
import {migrate} from './migrations.js';
import {storeError} from './store-errors.js';

export type ConnectionEvents = {onEnd(): void; onNotification?: (payload: string) => void};

/** A connected database with retake's tables. Every failure is a RetakeError that names the database. */
export type StoreDatabase = {
  /** Runs one statement, a second time if a connection was lost: for statements that may run twice. */
  readonly query: Query;
  /** Runs one statement, and never a second time: for one that counts. */
  readonly queryOnce: Query;
  /** Runs statements together, again and again while the connection is lost, for as long as a restart of the server takes. */
  transaction<Result>(work: (query: Query) => Promise<Result>): Promise<Result>;
  /** A connection of its own. */
  connect(events: ConnectionEvents): Promise<Connection>;
  close(): Promise<void>;
};

/** Milliseconds for which a transaction is tried again. */
const patience = 10_000;
const pauseBetweenTries = 200;

/** @throws RetakeError `store_unavailable`, `invalid_setting`, `cassette_invalid` */
export async function openStoreDatabase(shown: string, options: ConnectOptions): Promise<StoreDatabase> {
  const encryption = await chooseEncryption(shown, options);
  const pool = openPool(options, encryption);
  const database = useDatabase(shown, pool, events => openConnection(options, encryption, events));
  try {
    await database.transaction(query => migrate(shown, query));
    return database;
  } catch (error) {
    await pool.end();
    throw error;
  }
}

function useDatabase(
  shown: string,
  pool: Pool,
  connect: (events: ConnectionEvents) => Promise<Connection>,
): StoreDatabase {
  const query: Query = async (text, values) => {
    try {
      return await pool.query(text, values);
    } catch (error) {
      if (kindOfError(error) !== 'connection') throw storeError(shown, error);
    }
    // An idle connection of the pool may have been lost long ago, so a new one is opened to see whether the server answers.
    return queryOnce(text, values);
  };
  const queryOnce: Query = async (text, values) => {
    try {
      return await pool.query(text, values);
    } catch (error) {
      throw storeError(shown, error);
    }
  };
  return {
    query,
    queryOnce,
    async transaction(work) {
      const deadline = performance.now() + patience;
      for (;;) {
        try {
          return await pool.lend(lent => inTransaction(lent, work));
        } catch (error) {
          const isFinal = error instanceof RetakeError || kindOfError(error) === 'query';
          if (isFinal || performance.now() > deadline) throw storeError(shown, error);
          await sleep(pauseBetweenTries);
        }
      }
    },
    async connect(events) {
      const explained = async <Result>(work: Promise<Result>): Promise<Result> => {
        try {
          return await work;
        } catch (error) {
          throw storeError(shown, error);
        }
      };
      const connection = await explained(connect(events));
      return {...connection, query: (text, values) => explained(connection.query(text, values))};
    },
    close: () => pool.end(),
  };
}

/** A transaction that fails is rolled back with its connection. */
async function inTransaction<Result>(query: Query, work: (query: Query) => Promise<Result>): Promise<Result> {
  await query('BEGIN');
  const result = await work(query);
  await query('COMMIT');
  return result;
}

async function chooseEncryption(shown: string, options: ConnectOptions): Promise<Encryption> {
  const {encryptions} = options;
  for (const [index, encryption] of encryptions.entries()) {
    try {
      const connection = await openConnection(options, encryption, {onEnd: () => {}});
      connection.end();
      return encryption;
    } catch (error) {
      const mayTryNext = refusesEncryption(error) || demandsEncryption(error);
      if (!mayTryNext || index === encryptions.length - 1) throw storeError(shown, error);
    }
  }
  return encryptions[0];
}
