import {hash} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import {LRUCache} from 'lru-cache';
import {RetakeError} from '../../errors.js';
import type {Cassette, Interaction, Recording, Reservation} from '../cassette.js';
import type {CassetteKey} from '../key/key.js';
import {type DocumentSettings, documentSettingsOf, type KeySettings} from '../key/key-settings.js';
import {type MediaMemory, noFacts} from '../media-memory.js';
import {type FactRows, factRowsOf} from '../rows/fact-rows.js';
import {
  type InteractionRow,
  interactionId,
  readInteraction,
  readView,
  refuseCollision,
} from '../rows/interaction-row.js';
import {mergeRow} from '../rows/merge-rows.js';
import {type RecordingRow, recordingRow} from '../rows/recording-row.js';
import {resolveSettings} from '../rows/settings-rows.js';
import {announceChange, type Change, type ChangeFeed} from './change-feed.js';
import type {Query} from './driver.js';
import {storeFacts} from './fact-store.js';
import {
  findRow,
  lockInteraction,
  recordedUntil,
  requestsFrom,
  rowsFrom,
  takesOf,
  writeTakes,
} from './interaction-rows.js';
import type {KeyLocks} from './key-locks.js';
import {noteRerecording, type Run} from './rerecordings.js';
import {raiseRevision} from './revision.js';
import {claimCassette, readStoredSettings} from './setting-rows.js';
import type {StoreDatabase} from './store-database.js';
import {createStoreMemory} from './store-memory.js';
import {createUseLog, type UseLog} from './use-log.js';

export type PostgresCassetteOptions = {
  readonly name: string;
  /** Its address for messages. */
  readonly shown: string;
  readonly database: StoreDatabase;
  readonly feed: ChangeFeed;
  readonly locks: KeyLocks;
  readonly run: Run;
  readonly writable: boolean;
  /** Unix milliseconds: takes that were recorded later are left out. */
  readonly until?: number | undefined;
  /** Whether the positions of sessions are counted in the database, for all processes together. */
  readonly sharesSessions: boolean;
  /** Whether replays are noted in the database. */
  readonly notesUses?: boolean | undefined;
  readonly asked: Partial<KeySettings>;
  readonly preferred: Partial<DocumentSettings>;
  readonly log: (message: string) => void;
  readonly onClose?: (() => Promise<void>) | undefined;
};

/** Characters of takes that are kept in memory for the next request. */
const memoryLimit = 64 * 1024 * 1024;
/** Interactions in one answer of the database, when all are read. */
const pageLength = 100;
const smallestId = -(2n ** 63n);
/** Milliseconds between two tries to get a lock. */
const shortestPause = 50;
const longestPause = 1000;

/** A cassette in a database that other processes use at the same time. A take is there for all of them when `add` returns. */
export class PostgresCassette implements Cassette {
  readonly name: string;
  readonly media: MediaMemory;
  readonly nextPosition: Cassette['nextPosition'];
  readonly #uses: UseLog | undefined;
  readonly #options: PostgresCassetteOptions;
  /** By the id of the interaction. */
  readonly #memory = new LRUCache<string, Interaction>({
    maxSize: memoryLimit,
    sizeCalculation: sizeOf,
  });
  #keySettings: KeySettings;
  #revision = 0;
  /** The revision in the database up to which all changes are known here. */
  #seen = 0;
  /** Told when an interaction was stored, by its id. */
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #stopListening: () => void;
  #adding = 0;
  #onIdle: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  /** @throws RetakeError `settings_differ` */
  static async open(options: PostgresCassetteOptions): Promise<PostgresCassette> {
    const {database, shown, asked, preferred} = options;
    const stored = await readStoredSettings(database.query, options);
    const cassette = new PostgresCassette(options, resolveSettings(shown, stored, {asked, preferred}));
    await cassette.#check();
    return cassette;
  }

  private constructor(options: PostgresCassetteOptions, keySettings: KeySettings) {
    const {name, shown, database, feed, writable, sharesSessions} = options;
    this.name = name;
    this.#options = options;
    this.#keySettings = keySettings;
    this.media = createStoreMemory({
      query: database.query,
      name,
      shown,
      keep: async facts => {
        if (writable && !this.#closing) await this.#learn(facts);
      },
    });
    this.nextPosition = sharesSessions ? (session, key) => this.#countPosition(session, key) : undefined;
    this.#uses = options.notesUses
      ? createUseLog({query: database.query, cassette: name, log: options.log})
      : undefined;
    this.#stopListening = feed.listen(name, {
      onChange: change => this.#noteChange(change),
      onCheck: () => void this.#check().catch(() => {}),
    });
  }

  get keySettings(): KeySettings {
    return this.#keySettings;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Changes are announced by the database, and looked for at intervals. */
  refresh(): void {}

  async find(key: CassetteKey): Promise<Interaction | undefined> {
    this.#requireOpen();
    const id = String(interactionId(key));
    const known = this.#memory.get(id);
    if (known?.key === key) return known;
    const revision = this.#revision;
    const row = this.#asOf(await findRow(this.#query, this.name, key));
    if (!row) return undefined;
    const interaction = readInteraction(this.#options.shown, row);
    if (revision === this.#revision) this.#memory.set(id, interaction);
    return interaction;
  }

  async *views(): AsyncIterable<Pick<Interaction, 'key' | 'view'>> {
    if (this.#options.until !== undefined) {
      for await (const {key, view} of this.interactions()) yield {key, view};
      return;
    }
    for (let start = smallestId; ; ) {
      this.#requireOpen();
      const page = await requestsFrom(this.#query, this.name, {start, limit: pageLength});
      for (const row of page) yield readView(this.#options.shown, row);
      const last = page.at(-1);
      if (!last || page.length < pageLength) return;
      start = last.id + 1n;
    }
  }

  async *interactions(): AsyncIterable<Interaction> {
    for (let start = smallestId; ; ) {
      this.#requireOpen();
      const page = await rowsFrom(this.#query, this.name, {start, limit: pageLength});
      for (const {row} of page) {
        const then = this.#asOf(row);
        if (then) yield readInteraction(this.#options.shown, then);
      }
      const last = page.at(-1);
      if (!last || page.length < pageLength) return;
      start = last.id + 1n;
    }
  }

  /** @throws RetakeError `cassette_write_failed` if it was opened for reading only */
  async requireWritable(): Promise<void> {
    const {shown, writable} = this.#options;
    this.#requireOpen();
    if (writable) return;
    throw new RetakeError('cassette_write_failed', `The cassette ${shown} is open for reading only.`, {
      hint: 'Open it in a mode that records: auto or record.',
    });
  }

  async add(recording: Recording): Promise<void> {
    await this.requireWritable();
    const row = recordingRow(recording);
    const facts = factRowsOf(recording.facts ?? noFacts);
    await this.#work(async () => {
      const change = await this.#options.database.transaction(query => this.#store(query, row, facts));
      if (change) this.#noteChange(change);
    });
  }

  noteUse(key: CassetteKey): void {
    this.#uses?.note(interactionId(key));
  }

  async reserve(key: CassetteKey, signal: AbortSignal): Promise<Reservation> {
    const {locks} = this.#options;
    const lock = lockId(this.name, key);
    for (let pause = shortestPause; ; pause = Math.min(2 * pause, longestPause)) {
      signal.throwIfAborted();
      if (await locks.tryLock(lock, signal)) break;
      const wasStored = await this.#untilStored(key, pause, signal);
      const interaction = wasStored ? await this.find(key) : undefined;
      if (interaction) return {kind: 'recorded', interaction};
    }
    try {
      const interaction = await this.find(key);
      if (!interaction) return {kind: 'reserved', release: () => void locks.unlock(lock)};
      void locks.unlock(lock);
      return {kind: 'recorded', interaction};
    } catch (error) {
      void locks.unlock(lock);
      throw error;
    }
  }

  async flush(): Promise<void> {
    this.#requireOpen();
    await this.#untilIdle();
    await this.#uses?.flush();
  }

  close(): Promise<void> {
    this.#closing ??= this.#untilIdle().then(async () => {
      await this.#uses?.flush();
      this.#stopListening();
      this.#memory.clear();
      await this.#options.onClose?.();
    });
    return this.#closing;
  }

  /** A row at the time of the address. */
  #asOf(row: InteractionRow | undefined): InteractionRow | undefined {
    const {until} = this.#options;
    return row && until !== undefined ? recordedUntil(row, until) : row;
  }

  get #query(): Query {
    return this.#options.database.query;
  }

  /** Stores a recording, and returns what it changed. It may run twice: the same recording changes nothing the second time. */
  async #store(query: Query, recording: RecordingRow, facts: FactRows): Promise<Change | undefined> {
    const {name, shown, run} = this.#options;
    const {key, request, take, replaces} = recording;
    const id = interactionId(key);
    const cassette = await this.#claim(query, facts);
    refuseCollision(shown, await lockInteraction(query, cassette, recording), key);
    const current = await takesOf(query, cassette, id);
    const before = current.length > 0 ? {key, request, takes: current} : undefined;
    const recorded =
      replaces === undefined
        ? {key, request, baseline: [], recorded: [{take}]}
        : await noteRerecording(query, {cassette, run, id}, {recording, current});
    const after = mergeRow(shown, before, recorded);
    await writeTakes(query, cassette, {id, before: current, after: after.takes});
    const stored = await storeFacts(query, {id: cassette, name}, facts);
    const hasNewTakes = after !== before;
    if (!hasNewTakes && !stored.hasNews) return undefined;
    const hasChanged = (before !== undefined && hasNewTakes) || stored.hasChanged;
    const revision = hasChanged ? await raiseRevision(query, cassette) : undefined;
    const change = {cassette: name, interaction: String(id), revision};
    await announceChange(query, change);
    return change;
  }

  async #learn(facts: FactRows): Promise<void> {
    const {database, name, log} = this.#options;
    try {
      const change = await database.transaction(async query => {
        const cassette = await this.#claim(query, facts);
        const {hasChanged} = await storeFacts(query, {id: cassette, name}, facts);
        if (!hasChanged) return undefined;
        const raised = {cassette: name, interaction: '', revision: await raiseRevision(query, cassette)};
        await announceChange(query, raised);
        return raised;
      });
      if (change) this.#noteChange(change);
    } catch (error) {
      // The take that was found stays usable; the facts are found again next time.
      log(error instanceof Error ? error.message : String(error));
    }
  }

  #claim(query: Query, facts: FactRows): Promise<string> {
    const {name, shown} = this.#options;
    const withDocuments = facts.renders.size > 0;
    return claimCassette(query, {name, shown, keySettings: this.#keySettings, withDocuments});
  }

  /** A change of this process or of another. One whose predecessor is unknown voids all that is in memory. */
  #noteChange({interaction, revision}: Change): void {
    for (const notify of this.#waiting.get(interaction) ?? []) notify();
    if (revision === undefined || revision <= this.#seen) return;
    const isNext = revision === this.#seen + 1;
    this.#seen = revision;
    this.#revision++;
    if (!isNext || interaction === '') this.#memory.clear();
    else this.#memory.delete(interaction);
  }

  /** Looks for changes whose announcement was lost, and for settings that another process stored. */
  async #check(): Promise<void> {
    if (this.#closing) return;
    const [row] = await this.#query<{revision: string}>(
      'SELECT revision FROM retake.cassettes WHERE name = $1',
      [this.name],
    );
    const revision = Number(row?.revision ?? 0);
    if (revision !== this.#seen) {
      if (revision < this.#seen) this.#seen = 0;
      this.#noteChange({cassette: this.name, interaction: '', revision});
    }
    if (this.#options.writable) return;
    const stored = await readStoredSettings(this.#query, this.#options);
    if (stored?.hasDocuments)
      this.#keySettings = {...this.#keySettings, ...documentSettingsOf(stored.keySettings)};
  }

  async #countPosition(session: string, key: CassetteKey): Promise<number> {
    const {database, writable} = this.#options;
    const count = () =>
      database.queryOnce<{position: string}>(
        `SELECT retake.next_position(c.id, $2, $3) AS position FROM retake.cassettes c WHERE c.name = $1`,
        [this.name, hash('sha256', session), interactionId(key)],
      );
    let [row] = await count();
    if (!row && writable) {
      // A new cassette, of which nothing is stored yet.
      await database.transaction(query => this.#claim(query, factRowsOf(noFacts)));
      [row] = await count();
    }
    return Number(row?.position ?? 0);
  }

  /** Whether the interaction was stored within some milliseconds. */
  async #untilStored(key: CassetteKey, pause: number, signal: AbortSignal): Promise<boolean> {
    const id = String(interactionId(key));
    const ending = new AbortController();
    const notify = () => ending.abort();
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting.add(notify));
    try {
      await sleep(pause, undefined, {signal: AbortSignal.any([signal, ending.signal])});
      return false;
    } catch {
      signal.throwIfAborted();
      return true;
    } finally {
      waiting.delete(notify);
      if (waiting.size === 0) this.#waiting.delete(id);
    }
  }

  async #work(work: () => Promise<void>): Promise<void> {
    this.#adding++;
    try {
      await work();
    } finally {
      if (--this.#adding === 0) this.#onIdle?.();
    }
  }

  async #untilIdle(): Promise<void> {
    while (this.#adding > 0) {
      await new Promise<void>(resolve => {
        const others = this.#onIdle;
        this.#onIdle = () => {
          others?.();
          resolve();
        };
      });
      this.#onIdle = undefined;
    }
  }

  #requireOpen(): void {
    if (this.#closing) throw new RetakeError('internal', `The cassette ${this.#options.shown} is closed.`);
  }
}

/** The lock of a key: 8 bytes of a digest, which other programs in the database are unlikely to use. */
function lockId(cassette: string, key: CassetteKey): bigint {
  return hash('sha256', `retake\n${cassette}\n${key}`, 'buffer').readBigInt64BE();
}

function sizeOf({takes}: Interaction): number {
  let size = 1000;
  for (const {chunks} of takes) {
    for (const {chunk} of chunks) size += 100 + ('text' in chunk ? String(chunk.text).length : 100);
  }
  return size;
}
