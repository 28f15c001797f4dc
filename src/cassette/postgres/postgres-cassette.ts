import {countBusy} from '../../async/count-busy.js';
import {RetakeError} from '../../errors.js';
import type {Cassette, Interaction, Recording, Reservation} from '../cassette.js';
import type {CassetteKey} from '../key/key.js';
import {type DocumentSettings, documentSettingsOf, type KeySettings} from '../key/key-settings.js';
import {type MediaMemory, noFacts} from '../media-memory.js';
import {type FactRows, factRowsOf} from '../rows/fact-rows.js';
import {interactionId, readInteraction} from '../rows/interaction-row.js';
import {recordingRow} from '../rows/recording-row.js';
import {resolveSettings} from '../rows/settings-rows.js';
import type {Change, ChangeFeed} from './change-feed.js';
import {countPosition} from './count-position.js';
import type {Query} from './driver.js';
import {createInteractionMemory, type InteractionMemory} from './interaction-memory.js';
import {findRow} from './interaction-rows.js';
import type {KeyLocks} from './key-locks.js';
import {asOf, readInteractions, readViews} from './read-interactions.js';
import type {Run} from './rerecordings.js';
import {reserveKey} from './reserve-key.js';
import {readStoredSettings} from './setting-rows.js';
import type {StoreDatabase} from './store-database.js';
import {createStoreMemory} from './store-memory.js';
import {claim, type RecordingTarget, storeFactsAlone, storeRecording} from './store-recording.js';
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

/** A cassette in a database that other processes use at the same time. A take is there for all of them when `add` returns. */
export class PostgresCassette implements Cassette {
  readonly name: string;
  readonly media: MediaMemory;
  readonly nextPosition: Cassette['nextPosition'];
  readonly #options: PostgresCassetteOptions;
  readonly #memory: InteractionMemory;
  readonly #uses: UseLog | undefined;
  readonly #adding = countBusy();
  readonly #stopListening: () => void;
  #keySettings: KeySettings;
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
    this.#memory = createInteractionMemory(name);
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
      onChange: change => this.#memory.noteChange(change),
      onCheck: () => void this.#check().catch(() => {}),
    });
  }

  get keySettings(): KeySettings {
    return this.#keySettings;
  }

  get revision(): number {
    return this.#memory.revision;
  }

  /** Changes are announced by the database, and looked for at intervals. */
  refresh(): void {}

  async find(key: CassetteKey): Promise<Interaction | undefined> {
    this.#requireOpen();
    const known = this.#memory.get(key);
    if (known) return known;
    const {revision} = this.#memory;
    const row = await findRow(this.#query, this.name, key);
    const then = row && asOf(row, this.#options);
    if (!then) return undefined;
    const interaction = readInteraction(this.#options.shown, then);
    this.#memory.set(interaction, revision);
    return interaction;
  }

  views(): AsyncIterable<Pick<Interaction, 'key' | 'view'>> {
    return readViews(this.#openQuery, this.#options);
  }

  interactions(): AsyncIterable<Interaction> {
    return readInteractions(this.#openQuery, this.#options);
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
    const rows = {recording: recordingRow(recording), facts: factRowsOf(recording.facts ?? noFacts)};
    const end = this.#adding.begin();
    try {
      await this.#change(query => storeRecording(query, this.#target, rows));
    } finally {
      end();
    }
  }

  noteUse(key: CassetteKey): void {
    this.#uses?.note(interactionId(key));
  }

  reserve(key: CassetteKey, signal: AbortSignal): Promise<Reservation> {
    return reserveKey(this, {locks: this.#options.locks, memory: this.#memory}, {key, signal});
  }

  async flush(): Promise<void> {
    this.#requireOpen();
    await this.#adding.idle();
    await this.#uses?.flush();
  }

  close(): Promise<void> {
    this.#closing ??= this.#adding.idle().then(async () => {
      await this.#uses?.flush();
      this.#stopListening();
      this.#memory.clear();
      await this.#options.onClose?.();
    });
    return this.#closing;
  }

  get #query(): Query {
    return this.#options.database.query;
  }

  /** A query for what is read page by page, while the cassette may be closed. */
  get #openQuery(): Query {
    return (text, values) => {
      this.#requireOpen();
      return this.#query(text, values);
    };
  }

  get #target(): RecordingTarget {
    const {name, shown, run} = this.#options;
    return {name, shown, run, keySettings: this.#keySettings};
  }

  async #change(work: (query: Query) => Promise<Change | undefined>): Promise<void> {
    const change = await this.#options.database.transaction(work);
    if (change) this.#memory.noteChange(change);
  }

  async #learn(facts: FactRows): Promise<void> {
    try {
      await this.#change(query => storeFactsAlone(query, this.#target, facts));
    } catch (error) {
      // The take that was found stays usable; the facts are found again next time.
      this.#options.log(error instanceof Error ? error.message : String(error));
    }
  }

  /** Looks for changes whose announcement was lost, and for settings that another process stored. */
  async #check(): Promise<void> {
    if (this.#closing) return;
    const [row] = await this.#query<{revision: string}>(
      'SELECT revision FROM retake.cassettes WHERE name = $1',
      [this.name],
    );
    this.#memory.noteRevision(Number(row?.revision ?? 0));
    if (this.#options.writable) return;
    const stored = await readStoredSettings(this.#query, this.#options);
    if (stored?.hasDocuments)
      this.#keySettings = {...this.#keySettings, ...documentSettingsOf(stored.keySettings)};
  }

  async #countPosition(session: string, key: CassetteKey): Promise<number> {
    const {database, writable} = this.#options;
    const count = () => countPosition(database, this.name, {session, key});
    const position = await count();
    if (position !== undefined || !writable) return position ?? 0;
    // A new cassette, of which nothing is stored yet.
    await database.transaction(query => claim(query, this.#target, factRowsOf(noFacts)));
    return (await count()) ?? 0;
  }

  #requireOpen(): void {
    if (this.#closing) throw new RetakeError('internal', `The cassette ${this.#options.shown} is closed.`);
  }
}
