import {randomBytes} from 'node:crypto';
import type {Connection, Query} from './driver.js';
import type {StoreDatabase} from './store-database.js';

/** What a process announces about a cassette when it has stored something. */
export type Change = {
  readonly cassette: string;
  /** The interaction, by its id. */
  readonly interaction: string;
  /** The cassette's revision after the change; absent: an interaction is new, which voids nothing. */
  readonly revision?: number | undefined;
};

/** Announces a change to all processes when the transaction is committed. */
export async function announceChange(query: Query, {cassette, interaction, revision}: Change): Promise<void> {
  await query("SELECT pg_notify('retake', $1)", [`${cassette} ${interaction} ${revision ?? ''}`]);
}

export type ChangeListener = {
  onChange(change: Change): void;
  /** Changes may have been missed: the listener looks for itself. */
  onCheck(): void;
};

export type ChangeFeed = {
  /** Calls back when one cassette has changed. */
  listen(cassette: string, listener: ChangeListener): () => void;
  close(): void;
};

/** Milliseconds between two looks for changes while notifications arrive, and while they do not. */
const relaxedInterval = 15_000;
const pollingInterval = 500;

/**
 * Changes by LISTEN, and by looking at intervals, because notifications can be lost: with the connection, or in a pooler that lends
 * connections for a transaction each. Whether they arrive is found out with a notification of our own.
 */
export function createChangeFeed(database: StoreDatabase): ChangeFeed {
  const listeners = new Map<string, Set<ChangeListener>>();
  const probe = `probe-${randomBytes(8).toString('hex')}`;
  let connection: Connection | undefined;
  let arrives = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const onNotification = (payload: string) => {
    if (payload === probe) {
      arrives = true;
      return;
    }
    const [cassette = '', interaction = '', revision = ''] = payload.split(' ');
    const change = {cassette, interaction, revision: revision === '' ? undefined : Number(revision)};
    for (const listener of listeners.get(cassette) ?? []) listener.onChange(change);
  };
  const onEnd = () => {
    connection = undefined;
    arrives = false;
    checkSoon(0);
  };
  const check = async () => {
    const heard = arrives;
    try {
      if (!connection) {
        const opened = await database.connect({onEnd, onNotification});
        if (isClosed) return opened.end();
        connection = opened;
        await opened.query('LISTEN retake');
      }
      arrives = false;
      await database.query("SELECT pg_notify('retake', $1)", [probe]);
    } catch {
      // The database is gone, or is one that does not notify: the listeners look for themselves.
    }
    for (const of of listeners.values()) for (const listener of of) listener.onCheck();
    checkSoon(heard && connection ? relaxedInterval : pollingInterval);
  };
  const checkSoon = (delay: number) => {
    clearTimeout(timer);
    if (isClosed) return;
    timer = setTimeout(() => void check(), delay);
    timer.unref();
  };
  checkSoon(0);

  return {
    listen(cassette, listener) {
      const all = listeners.get(cassette) ?? new Set();
      listeners.set(cassette, all.add(listener));
      return () => all.delete(listener);
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      connection?.end();
    },
  };
}
