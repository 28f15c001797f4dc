import {addFactRow, type FactRows, factTables, noFactRows} from '../rows/fact-rows.js';
import {type InteractionRow, refuseCollision} from '../rows/interaction-row.js';
import {settingsWithCopy, uniteRows} from '../rows/merge-copies.js';
import type {StoredSettings} from '../rows/settings-rows.js';
import type {AnyIterable, StoredInteraction} from '../rows/stored-cassette.js';
import {lockForRewriting} from './cassette-lock.js';
import {announceChange} from './change-feed.js';
import {connectOptions, type Environment} from './connect-options.js';
import type {Query} from './driver.js';
import {allFactRows, storeFacts} from './fact-store.js';
import {
  insertNew,
  lockInteraction,
  recordedUntil,
  rowsFrom,
  rowsOf,
  takesOf,
  writeTakes,
} from './interaction-rows.js';
import {raiseRevision} from './revision.js';
import {applyRewriting, removeEmptyCassette, type StoreRewriting} from './rewrite-store.js';
import {claimCassette, readStoredSettings} from './setting-rows.js';
import {addressOf, parseStoreAddress, requirePresent, type StoreAddress} from './store-address.js';
import {openStoreDatabase, type StoreDatabase} from './store-database.js';
import {noteUses, usedSince} from './use-log.js';

/** The rows of the cassettes of a database, for what reads or writes whole cassettes. */
export type StoreContents = {
  /** The only cassette of the address. */
  readonly only: string | undefined;
  names(): Promise<readonly string[]>;
  cassette(name: string): StoreContent;
  close(): Promise<void>;
};

export type StoreContent = {
  /** Its address for messages. */
  readonly shown: string;
  /** Undefined if there is no such cassette. */
  settings(): Promise<StoredSettings | undefined>;
  count(): Promise<number>;
  /** In the order of their ids. */
  rows(): AsyncIterable<StoredInteraction>;
  facts(): Promise<FactRows>;
  /**
   * Adds the content of another cassette. What is there already stays, so that a copy that was interrupted can be repeated.
   * @throws RetakeError `settings_differ`
   */
  merge(copy: CopiedContent): Promise<void>;
  /** Reads all of one state. The work may run again after a lost connection. */
  read<Result>(work: (current: CopiedContent | undefined) => Promise<Result>): Promise<Result>;
  /** Replaces the content, or nothing of it, in one transaction. Recordings wait; the work may run again after a lost connection. */
  rewrite<Result>(
    work: (
      current: CopiedContent | undefined,
    ) => Promise<{readonly rewriting?: StoreRewriting | undefined; readonly result: Result}>,
  ): Promise<Result>;
  /** The ids of the interactions that a replica has replayed since a time, in Unix milliseconds, or that were copied here since. */
  usedSince(since: number): Promise<ReadonlySet<bigint>>;
  /** Removes the cassette if it has no interactions. */
  removeIfEmpty(): Promise<void>;
};

export type CopiedContent = StoredSettings & {
  readonly interactions: AnyIterable<StoredInteraction>;
  readonly facts: FactRows;
};

const pageLength = 100;
const smallestId = -(2n ** 63n);

export async function openStoreContents(
  text: string,
  environment: Environment = process.env,
): Promise<StoreContents> {
  const address = parseStoreAddress(text);
  const database = await openStoreDatabase(address.shown, connectOptions(address, environment));
  return {
    only: address.cassette,
    async names() {
      const rows = await database.query<{name: string}>(
        'SELECT name FROM retake.cassettes WHERE name = $1 OR $1 IS NULL ORDER BY name',
        [address.cassette ?? null],
      );
      return rows.map(({name}) => name);
    },
    cassette: name => contentOf(database, address, {name, shown: addressOf(address, name)}),
    close: () => database.close(),
  };
}

function contentOf(
  database: StoreDatabase,
  address: StoreAddress,
  place: {readonly name: string; readonly shown: string},
): StoreContent {
  const {query} = database;
  const {name, shown} = place;
  const contentIn = async (lent: Query): Promise<CopiedContent | undefined> => {
    const settings = await readStoredSettings(lent, place);
    if (!settings) return undefined;
    const interactions = {[Symbol.asyncIterator]: () => allRows(lent, name, address.until)};
    return {...settings, interactions, facts: await allFacts(lent, name)};
  };
  return {
    shown,
    settings: () => readStoredSettings(query, place),
    async count() {
      const [row] = await query<{count: string}>(
        `SELECT count(*) AS count FROM retake.interactions i
         JOIN retake.cassettes c ON c.id = i.cassette WHERE c.name = $1`,
        [name],
      );
      return Number(row?.count);
    },
    rows: () => allRows(query, name, address.until),
    facts: () => allFacts(query, name),
    read: work =>
      database.transaction(async lent => {
        await lent('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
        return work(await contentIn(lent));
      }),
    async rewrite(work) {
      requirePresent(address);
      return database.transaction(async lent => {
        await lockForRewriting(lent, name);
        const {rewriting, result} = await work(await contentIn(lent));
        if (rewriting) await applyRewriting(lent, name, rewriting);
        return result;
      });
    },
    usedSince: since => usedSince(query, name, since),
    removeIfEmpty: () => database.transaction(lent => removeEmptyCassette(lent, name)),
    async merge({keySettings, hasDocuments, interactions, facts}) {
      requirePresent(address);
      const write = async (rows: readonly StoredInteraction[], news: FactRows) =>
        database.transaction(async lent => {
          const stored = await readStoredSettings(lent, place);
          const settings = settingsWithCopy(shown, stored, {keySettings, hasDocuments});
          const withDocuments = news.renders.size > 0;
          const cassette = await claimCassette(lent, {...place, keySettings: settings, withDocuments});
          const hasChanged = await writeRows(lent, {cassette, name, shown}, rows);
          const changes = await storeFacts(lent, {id: cassette, name}, news);
          if (!hasChanged && !changes.hasChanged) return;
          const revision = await raiseRevision(lent, cassette);
          await announceChange(lent, {cassette: name, interaction: '', revision});
        });
      let page: StoredInteraction[] = [];
      for await (const row of interactions) {
        page.push(row);
        if (page.length < pageLength) continue;
        await write(page, noFactRows());
        page = [];
      }
      await write(page, facts);
    },
  };
}

async function* allRows(
  query: Query,
  name: string,
  until: number | undefined,
): AsyncGenerator<StoredInteraction> {
  for (let start = smallestId; ; ) {
    const page = await rowsFrom(query, name, {start, limit: pageLength});
    for (const {id, row} of page) {
      const then = until === undefined ? row : recordedUntil(row, until);
      if (then) yield {id, row: then};
    }
    const last = page.at(-1);
    if (!last || page.length < pageLength) return;
    start = last.id + 1n;
  }
}

async function allFacts(query: Query, name: string): Promise<FactRows> {
  const rows = noFactRows();
  for (const table of factTables)
    for await (const row of allFactRows(query, table, name)) addFactRow(rows, table, row);
  return rows;
}

/** Writes rows in the order of their ids, so that two copies cannot block each other. Returns whether something that was there has changed. */
async function writeRows(
  query: Query,
  {cassette, name, shown}: {readonly cassette: string; readonly name: string; readonly shown: string},
  rows: readonly StoredInteraction[],
): Promise<boolean> {
  for (const {row} of rows) uniteRows(shown, undefined, row);
  const inserted = await insertNew(query, cassette, rows);
  await noteUses(query, name, [...inserted]);
  const others = rows.filter(({id}) => !inserted.has(id));
  const known = new Map(
    (
      await rowsOf(
        query,
        cassette,
        others.map(({id}) => id),
      )
    ).map(({id, row}) => [id, row]),
  );
  let hasChanged = false;
  for (const {id, row} of others) {
    const before = known.get(id);
    if (before && uniteRows(shown, before, row) === before) continue;
    if (await uniteLocked(query, {cassette, shown, id}, row)) hasChanged = true;
  }
  return hasChanged;
}

async function uniteLocked(
  query: Query,
  {cassette, shown, id}: {readonly cassette: string; readonly shown: string; readonly id: bigint},
  row: InteractionRow,
): Promise<boolean> {
  const key = await lockInteraction(query, cassette, row);
  refuseCollision(shown, key, row.key);
  const current = await takesOf(query, cassette, id);
  const mine = current.length > 0 ? {...row, takes: current} : undefined;
  const after = uniteRows(shown, mine, row);
  if (after === mine) return false;
  await writeTakes(query, cassette, {id, before: current, after: after.takes});
  return true;
}
