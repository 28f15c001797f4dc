import {randomUUID} from 'node:crypto';
import {RetakeError} from '../../errors.js';
import type {Cassette} from '../cassette.js';
import {defaultCassetteName, invalidName, isCassetteName} from '../cassette-name.js';
import type {Cassettes} from '../cassettes.js';
import type {DocumentSettings, KeySettings} from '../key/key-settings.js';
import {createChangeFeed} from './change-feed.js';
import {connectOptions, type Environment} from './connect-options.js';
import type {Query} from './driver.js';
import {createKeyLocks} from './key-locks.js';
import {PostgresCassette, type PostgresCassetteOptions} from './postgres-cassette.js';
import {endRun, type Run, removeIdle} from './rerecordings.js';
import {createSharedObjects, removeExpired} from './shared-object-rows.js';
import {addressOf, parseStoreAddress, requirePresent, type StoreAddress} from './store-address.js';
import {openStoreDatabase} from './store-database.js';
import {mayWrite} from './write-rights.js';

export type StoreOptions = {
  readonly keySettings?: Partial<KeySettings> | undefined;
  readonly preferred?: Partial<DocumentSettings> | undefined;
  readonly writable: boolean;
  /** Not possible: a database stores takes at once. */
  readonly holdsRecordings?: boolean | undefined;
  /** Whether processes that use the store count the positions of sessions together. Default false. */
  readonly sharesSessions?: boolean | undefined;
  readonly log?: ((message: string) => void) | undefined;
  readonly environment?: Environment | undefined;
};

/**
 * Opens the cassettes of a PostgreSQL database.
 * @throws RetakeError `invalid_setting`, `store_unavailable`, `cassette_invalid`, `settings_differ`
 */
export async function openStore(text: string, options: StoreOptions): Promise<Cassettes> {
  if (options.holdsRecordings) throw cannotHold();
  const address = addressWithValidName(text);
  const store = await connectStore(options.writable ? requirePresent(address) : address, options);
  const opened = new Map<string, Promise<Cassette>>();
  const open = (name: string): Promise<Cassette> => {
    const cassette =
      opened.get(name) ?? store.open(name, {notesUses: store.isAllowed && address.until === undefined});
    opened.set(name, cassette);
    // The next call tries again: the database may be back.
    cassette.catch(() => opened.delete(name));
    return cassette;
  };
  const objects = store.sharesSessions ? createSharedObjects(store.query, address.cassette ?? '') : undefined;
  const cassettes: Cassettes = {
    objects,
    async get(name = address.cassette ?? defaultCassetteName) {
      if (!isCassetteName(name)) throw invalidName(name);
      if (address.cassette !== undefined && name !== address.cassette) {
        throw new RetakeError(
          'invalid_request',
          `There is no cassette "${name}": this server has only "${address.cassette}".`,
          {hint: 'To choose among several, leave `cassette` out of the address in the option `cassette`.'},
        );
      }
      return open(name);
    },
    async names() {
      if (address.cassette !== undefined) return [address.cassette];
      return [...new Set([...(await store.names()), ...opened.keys()])].sort();
    },
    async close() {
      objects?.close();
      const settled = await Promise.allSettled(opened.values());
      await Promise.all(settled.map(result => result.status === 'fulfilled' && result.value.close()));
      await store.end();
    },
  };
  try {
    if (address.cassette !== undefined) await open(address.cassette);
    return cassettes;
  } catch (error) {
    await cassettes.close();
    throw error;
  }
}

/**
 * Opens one cassette of a PostgreSQL database; closing it closes the connections.
 * @throws RetakeError as `openStore`
 */
export async function openStoreCassette(text: string, options: StoreOptions): Promise<Cassette> {
  const address = addressWithValidName(text);
  const store = await connectStore(address, options);
  try {
    return await store.open(address.cassette ?? defaultCassetteName, {onClose: store.end});
  } catch (error) {
    await store.end();
    throw error;
  }
}

function cannotHold(): RetakeError {
  return new RetakeError(
    'invalid_setting',
    'A database stores recordings at once, so those of a failed run cannot be discarded',
    {hint: 'Record into a cassette file, or do not set the option `holdRecordings`.'},
  );
}

function addressWithValidName(text: string): StoreAddress {
  const address = parseStoreAddress(text);
  if (address.cassette !== undefined && !isCassetteName(address.cassette))
    throw invalidName(address.cassette);
  return address;
}

type OpenedFor = Pick<PostgresCassetteOptions, 'notesUses' | 'onClose'>;

type ConnectedStore = {
  open(name: string, options?: OpenedFor): Promise<Cassette>;
  names(): Promise<readonly string[]>;
  readonly query: Query;
  /** Whether the role may write. */
  readonly isAllowed: boolean;
  readonly sharesSessions: boolean;
  end(): Promise<void>;
};

async function connectStore(
  address: StoreAddress,
  {
    keySettings = {},
    preferred = {},
    writable,
    sharesSessions: wantsShared = false,
    log = () => {},
    environment = process.env,
  }: StoreOptions,
): Promise<ConnectedStore> {
  const database = await openStoreDatabase(address.shown, connectOptions(address, environment));
  const isAllowed = await mayWrite(database.query);
  const sharesSessions = wantsShared && isAllowed;
  if (wantsShared && !isAllowed) {
    log(
      `The role may not write to ${address.shown}: positions of sessions, uploads and stored responses are those of this process alone`,
    );
  }
  const feed = createChangeFeed(database);
  const locks = createKeyLocks(database);
  const run: Run = sharesSessions ? {id: 'shared', expires: true} : {id: randomUUID(), expires: false};
  // What is left of others is of no use; the next start removes it if this one cannot.
  if (writable && isAllowed) await removeIdle(database.query).catch(() => {});
  if (sharesSessions) await removeExpired(database.query).catch(() => {});
  return {
    query: database.query,
    isAllowed,
    sharesSessions,
    open: (name, openedFor) =>
      PostgresCassette.open({
        name,
        shown: addressOf(address, name),
        database,
        feed,
        locks,
        run,
        writable,
        isAllowed,
        sharesSessions,
        until: address.until,
        asked: keySettings,
        preferred,
        log,
        ...openedFor,
      }),
    async names() {
      const rows = await database.query<{name: string}>('SELECT name FROM retake.cassettes');
      return rows.map(({name}) => name);
    },
    async end() {
      // The next start removes it if the database is gone.
      if (writable && isAllowed && !run.expires) await endRun(database.query, run).catch(() => {});
      feed.close();
      locks.close();
      await database.close();
    },
  };
}
