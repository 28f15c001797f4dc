import {setTimeout as sleep} from 'node:timers/promises';
import type {Connection} from './driver.js';
import type {StoreDatabase} from './store-database.js';

/** Locks that processes share, each held by one process. They are free as soon as their process or its connection is gone. */
export type KeyLocks = {
  /** Whether the lock was free, and is held now. */
  tryLock(id: bigint, signal: AbortSignal): Promise<boolean>;
  unlock(id: bigint): Promise<void>;
  close(): void;
};

/**
 * After a lost connection, the processes that held locks take them again before others may: a server that restarts must not let a second
 * process ask the model what the first is asking.
 */
const grace = 3000;
const pauseBetweenTries = 100;

/**
 * Advisory locks on one connection. It stays in a transaction, so that a pooler such as pgbouncer leaves it to this process. An idle
 * transaction that reads nothing holds nothing back in the server.
 */
export function createKeyLocks(database: StoreDatabase): KeyLocks {
  const held = new Set<bigint>();
  let opening: Promise<Connection> | undefined;
  let wasLost = false;
  let graceEnd = 0;
  let isClosed = false;

  const open = async (): Promise<Connection> => {
    const connection = await database.connect({onEnd});
    await connection.query('BEGIN');
    await connection.query(
      `SELECT set_config(name, '0', true) FROM pg_settings
       WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout', 'statement_timeout')`,
    );
    for (const id of held) await connection.query('SELECT pg_try_advisory_lock($1)', [id]);
    const [server] = await connection.query<{age: string}>(
      'SELECT extract(epoch FROM clock_timestamp() - pg_postmaster_start_time()) AS age',
    );
    const age = wasLost ? 0 : Number(server?.age) * 1000;
    graceEnd = performance.now() + Math.max(0, grace - age);
    return connection;
  };
  const connected = (): Promise<Connection> => {
    if (!opening) {
      const attempt = open();
      opening = attempt;
      attempt.catch(() => {
        if (opening === attempt) opening = undefined;
      });
    }
    return opening;
  };
  const onEnd = () => {
    opening = undefined;
    wasLost = true;
    if (held.size > 0) void takeAgain();
  };
  const takeAgain = async () => {
    while (held.size > 0 && !isClosed) {
      try {
        await connected();
        return;
      } catch {
        // The server is not back yet.
        await sleep(pauseBetweenTries, undefined, {ref: false});
      }
    }
  };

  return {
    async tryLock(id, signal) {
      const connection = await connected();
      const wait = graceEnd - performance.now();
      if (wait > 0) await sleep(wait, undefined, {signal});
      const [row] = await connection.query<{locked: boolean}>('SELECT pg_try_advisory_lock($1) AS locked', [
        id,
      ]);
      if (row?.locked) held.add(id);
      return row?.locked ?? false;
    },
    async unlock(id) {
      held.delete(id);
      try {
        const connection = await opening;
        await connection?.query('SELECT pg_advisory_unlock($1)', [id]);
      } catch {
        // The connection is lost, and the lock with it.
      }
    },
    close() {
      isClosed = true;
      held.clear();
      opening?.then(
        connection => connection.end(),
        () => {},
      );
    },
  };
}
