import Database from 'better-sqlite3';
import {createBatches} from '../../async/batches.js';
import {createSerializer} from '../../async/serialize.js';
import {RetakeError} from '../../errors.js';
import type {Cassette, CloseOptions, Interaction, Recording} from '../cassette.js';
import type {CassetteKey} from '../key/key.js';
import type {KeySettings} from '../key/key-settings.js';
import {type MediaFacts, type MediaMemory, noFacts} from '../media-memory.js';
import {type FactRows, hasFactRows} from '../rows/fact-rows.js';
import {
  haveSameTakes,
  type InteractionRow,
  interactionId,
  readInteraction,
  readView,
} from '../rows/interaction-row.js';
import {mergeRow} from '../rows/merge-rows.js';
import type {RecordedRows} from '../rows/recorded-rows.js';
import {type RecordingRow, recordingRow} from '../rows/recording-row.js';
import {SharedInteractions} from '../rows/shared-interactions.js';
import type {ReadChunksOptions} from '../take.js';
import {type CassettePaths, newSidecar} from './cassette-paths.js';
import type {CommittedFile, StoredRequest} from './committed-file.js';
import {CurrentFile} from './current-file.js';
import {writeFailed} from './file-errors.js';
import {FileMemory} from './file-memory.js';
import {flushSessions, underLock} from './flush-sessions.js';
import {requestPages} from './request-pages.js';
import {createSessionFile, type SessionFile} from './session-file.js';

export type FileCassetteOptions = {
  readonly paths: CassettePaths;
  readonly committed: CommittedFile | undefined;
  readonly keySettings: KeySettings;
  /** Whether the model's name may become a part of the keys: in a new cassette whose settings do not say. */
  readonly forwardModelIsOpen: boolean;
  readonly writable: boolean;
  readonly now: () => number;
  readonly flushDelay: number;
  /** Recordings wait for `flush` or `close`. */
  readonly holdsRecordings: boolean;
  readonly log: (message: string) => void;
};

type Kept = {readonly recording: RecordingRow; readonly facts: MediaFacts};

/** What a recording adds to the memory, and whether something that was known has another answer now. */
type Change = {readonly facts: FactRows; readonly isNews: boolean};

/** The pause between two flushes is at least the duration of the last one times this. */
const flushPause = 10;

/** A committed file, and on top of it the recordings of this process. */
export class FileCassette implements Cassette {
  readonly name: string;
  readonly #options: FileCassetteOptions;
  readonly #current: CurrentFile;
  readonly #memory: FileMemory;
  readonly #shared = new SharedInteractions();
  #session: SessionFile | undefined;
  /** The interactions with a recording that is not in the committed file. */
  #waiting = new Set<bigint>();
  readonly #adding = createSerializer();
  /** What is recorded in the same moment is written in one transaction: each of them waits for the disk. */
  readonly #recordings = createBatches((batch: readonly Kept[]) => this.#adding(() => this.#keepAll(batch)));
  readonly #flushing = createSerializer();
  #flushTimer: NodeJS.Timeout | undefined;
  #lastFlushTook = 0;
  #closing: Promise<void> | undefined;
  /** Undefined as long as it is open. */
  #forwardModel: boolean | undefined;

  constructor(options: FileCassetteOptions) {
    const {paths, committed, now} = options;
    this.name = paths.name;
    this.#options = options;
    this.#forwardModel = options.forwardModelIsOpen ? undefined : options.keySettings.forwardModel;
    this.#current = new CurrentFile({paths, file: committed, now});
    this.#memory = new FileMemory({
      path: paths.shown,
      committed: () => this.#current.file?.facts,
      keep: facts => this.#learn(facts),
    });
  }

  /** A reader takes over the document settings when another process records the first document. */
  get keySettings(): KeySettings {
    const {keySettings, writable} = this.#options;
    const documents = writable ? undefined : this.#current.documentSettings;
    const forwardModel = this.#forwardModel ?? this.#current.forwardModel ?? keySettings.forwardModel;
    if (!documents && forwardModel === keySettings.forwardModel) return keySettings;
    return {...keySettings, forwardModel, ...documents};
  }

  /** Another process may have decided it by creating the file. */
  get forwardModelIsOpen(): boolean {
    return this.#forwardModel === undefined && this.#current.forwardModel === undefined;
  }

  decideForwardModel(forwardModel: boolean): void {
    if (this.forwardModelIsOpen) this.#forwardModel = forwardModel;
  }

  get media(): MediaMemory {
    return this.#memory;
  }

  get revision(): number {
    return this.#current.revision;
  }

  refresh(): void {
    this.#current.refresh();
  }

  async find(key: CassetteKey, options?: ReadChunksOptions): Promise<Interaction | undefined> {
    this.#requireOpen();
    this.#current.refresh();
    const row = this.#row(key);
    if (!row) return undefined;
    const {shown} = this.#options.paths;
    return options?.joined ? readInteraction(shown, row, options) : this.#shared.read(shown, row);
  }

  async *views(): AsyncIterable<Pick<Interaction, 'key' | 'view'>> {
    for (const page of this.#pages()) {
      for (const row of page) yield readView(this.#options.paths.shown, row);
    }
  }

  async *interactions(): AsyncIterable<Interaction> {
    for (const page of this.#pages()) {
      for (const {id} of page) {
        this.#requireOpen();
        const row = this.#rowById(id);
        if (row) yield readInteraction(this.#options.paths.shown, row);
      }
    }
  }

  async requireWritable(): Promise<void> {
    this.#requireOpen();
    this.#requireRecordingMode();
    if (this.#session) return;
    await this.#adding(async () => {
      this.#session ??= await this.#createSession();
    });
  }

  async add(recording: Recording): Promise<void> {
    this.#requireOpen();
    this.#requireRecordingMode();
    const {facts = noFacts} = recording;
    await this.#recordings.add({recording: recordingRow(recording), facts});
    this.#flushLater();
  }

  async flush(): Promise<void> {
    this.#requireOpen();
    await this.#flushing(() => this.#flushNow());
  }

  close({discard = false}: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#recordings
      .settled()
      .then(() => this.#adding(() => this.#flushing(() => this.#closeNow(discard))));
    return this.#closing;
  }

  /** Keeps recordings in one transaction. Returns for each of them why it was refused; a failure of the disk is one of all. */
  async #keepAll(batch: readonly Kept[]): Promise<readonly unknown[]> {
    const {paths} = this.#options;
    this.#forwardModel ??= this.keySettings.forwardModel;
    this.#current.refreshAtOnce();
    this.#session ??= await this.#createSession();
    const session = this.#session;
    const added: bigint[] = [];
    const changes: Change[] = [];
    const refusals: unknown[] = [];
    try {
      session.together(() => {
        for (const [index, kept] of batch.entries()) {
          try {
            changes.push(this.#keep(kept, session, added));
          } catch (cause) {
            if (cause instanceof Database.SqliteError) throw cause;
            refusals[index] = cause;
          }
        }
      });
    } catch (cause) {
      for (const id of added) this.#waiting.delete(id);
      throw writeFailed(paths.shown, cause);
    }
    for (const {facts, isNews} of changes) {
      this.#memory.noteKept(facts);
      if (isNews) this.#current.noteChange();
    }
    return refusals;
  }

  /** `added` gets the interaction if it is the first recording of it that waits. */
  #keep({recording, facts: found}: Kept, session: SessionFile, added: bigint[]): Change {
    const {key, request, take, replaces} = recording;
    const before = this.#row(key);
    const facts = this.#memory.news(found);
    const isNews = this.#memory.changesWhatWasKnown(facts);
    if (replaces === undefined) {
      const recorded = {key, request, baseline: [], recorded: [{take}]};
      if (mergeRow(this.#options.paths.shown, before, recorded) === before) {
        session.learn(facts);
        return {facts, isNews};
      }
    }
    const id = interactionId(key);
    const isWaiting = this.#waiting.has(id);
    const needsBaseline = replaces !== undefined && !session.hasBaseline(key);
    const committed = isWaiting ? this.#current.file?.find(key) : before;
    session.keep(recording, facts, needsBaseline ? committed?.takes : undefined);
    if (!isWaiting) added.push(id);
    this.#waiting.add(id);
    return {facts, isNews: isNews || (before !== undefined && !haveSameTakes(before, this.#row(key)))};
  }

  async #learn(facts: FactRows): Promise<void> {
    if (!this.#options.writable || this.#closing) return;
    try {
      await this.#adding(() => this.#keepFacts(facts));
      this.#flushLater();
    } catch (error) {
      // The take that was found stays usable; the facts are found again next time.
      this.#options.log(error instanceof Error ? error.message : String(error));
    }
  }

  async #keepFacts(facts: FactRows): Promise<void> {
    if (!hasFactRows(facts)) return;
    const isNews = this.#memory.changesWhatWasKnown(facts);
    this.#session ??= await this.#createSession();
    try {
      this.#session.learn(facts);
    } catch (cause) {
      throw writeFailed(this.#options.paths.shown, cause);
    }
    this.#memory.noteKept(facts);
    if (isNews) this.#current.noteChange();
  }

  #flushLater(): void {
    if (this.#options.holdsRecordings) return;
    if (!this.#closing) this.#flushTimer ??= setTimeout(() => this.#flushInBackground(), this.#flushDelay());
  }

  #createSession(): Promise<SessionFile> {
    const {paths} = this.#options;
    return underLock(paths, async () => createSessionFile(newSidecar(paths, 'session'), this.keySettings));
  }

  #flushDelay(): number {
    return Math.max(this.#options.flushDelay, flushPause * this.#lastFlushTook);
  }

  #flushInBackground(): void {
    this.#flushing(() => this.#flushNow()).catch((error: unknown) => {
      // Nothing is lost: the recordings are in the session file, and closing tries again and then throws.
      this.#options.log(error instanceof Error ? error.message : String(error));
    });
  }

  async #flushNow(): Promise<void> {
    const {paths, now, log} = this.#options;
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    if (!this.#session || (this.#waiting.size === 0 && !this.#memory.isWaiting)) return;
    const begin = now();
    const flushed = await flushSessions({paths, own: this.#session, log});
    this.#current.adopt(flushed);
    if (flushed.hasRecovered) this.#current.noteChange();
    this.#session.markFlushed(flushed.upTo, flushed.factsUpTo);
    this.#memory.noteFlushed(this.#session.facts(this.#session.lastFact));
    this.#waiting = new Set(this.#session.waitingIds(this.#session.last));
    this.#lastFlushTook = now() - begin;
  }

  async #closeNow(discard: boolean): Promise<void> {
    clearTimeout(this.#flushTimer);
    try {
      if (!discard) await this.#flushNow();
      this.#session?.remove();
    } finally {
      this.#session?.close();
      this.#current.close();
    }
  }

  #requireRecordingMode(): void {
    const {paths, writable} = this.#options;
    if (writable) return;
    const hint = 'Open it in a mode that records: auto or record.';
    const message = `The cassette ${paths.shown} is open for reading only.`;
    throw new RetakeError('cassette_write_failed', message, {hint});
  }

  #requireOpen(): void {
    if (this.#closing)
      throw new RetakeError('internal', `The cassette ${this.#options.paths.shown} is closed.`);
  }

  #row(key: CassetteKey): InteractionRow | undefined {
    const id = interactionId(key);
    const row = this.#waiting.has(id) ? this.#rowById(id) : this.#current.file?.find(key);
    return row?.key === key ? row : undefined;
  }

  #rowById(id: bigint): InteractionRow | undefined {
    const row = this.#current.file?.findById(id);
    const recorded = this.#recorded(id);
    return recorded ? mergeRow(this.#options.paths.shown, row, recorded) : row;
  }

  #recorded(id: bigint): RecordedRows | undefined {
    return this.#waiting.has(id) ? this.#session?.recorded(id, this.#session.last) : undefined;
  }

  #pages(): Iterable<readonly StoredRequest[]> {
    return requestPages({
      committed: (start, limit) => {
        this.#requireOpen();
        return this.#current.file?.requestsFrom(start, limit) ?? [];
      },
      waiting: (start, end) =>
        [...this.#waiting]
          .filter(id => id >= start && id <= end)
          .flatMap(id => {
            const recorded = this.#recorded(id);
            return recorded ? [{id, key: recorded.key, request: recorded.request}] : [];
          }),
    });
  }
}
