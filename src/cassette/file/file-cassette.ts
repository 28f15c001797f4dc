import {RetakeError} from '../../errors.js';
import {fileSignature} from '../../files/file-signature.js';
import type {Cassette, Interaction, Recording} from '../cassette.js';
import {type CassetteKey, canonicalView, keyOfCanonicalText} from '../key.js';
import type {KeySettings} from '../key-settings.js';
import {type CassettePaths, newSidecar} from './cassette-paths.js';
import {type CommittedFile, openCommittedFile} from './committed-file.js';
import {writeFailed} from './file-errors.js';
import {flushSessions, underLock} from './flush-sessions.js';
import {type InteractionRow, interactionId, readInteraction, readView} from './interaction-row.js';
import {mergeRow} from './merge-rows.js';
import {oneAfterAnother} from './one-after-another.js';
import {createSessionFile, type SessionFile} from './session-file.js';
import {readTake, type TakeRow, takeRow} from './take-row.js';

export type FileCassetteOptions = {
  readonly paths: CassettePaths;
  readonly committed: CommittedFile | undefined;
  readonly keySettings: KeySettings;
  readonly writable: boolean;
  readonly now: () => number;
  readonly flushDelay: number;
  readonly log: (message: string) => void;
};

/** Milliseconds for which the committed file is taken to be the same without a look. */
const recheckInterval = 250;
/** Between two flushes is at least this many times what the last one took. */
const flushPause = 10;
const idsPerPage = 500;
const smallestId = -(2n ** 63n);
const largestId = 2n ** 63n - 1n;

/** A committed file, and over it what this process has recorded since. */
export class FileCassette implements Cassette {
  readonly name: string;
  readonly keySettings: KeySettings;
  readonly #options: FileCassetteOptions;
  #committed: CommittedFile | undefined;
  #checkedAt: number | undefined;
  #session: SessionFile | undefined;
  /** The interactions with a recording that is not in the committed file. */
  #waiting = new Set<bigint>();
  #revision = 0;
  readonly #adding = oneAfterAnother();
  readonly #flushing = oneAfterAnother();
  #flushTimer: NodeJS.Timeout | undefined;
  #lastFlushTook = 0;
  #closed: Promise<void> | undefined;

  constructor(options: FileCassetteOptions) {
    this.name = options.paths.name;
    this.keySettings = options.keySettings;
    this.#options = options;
    this.#committed = options.committed;
    this.#checkedAt = options.now();
  }

  get revision(): number {
    return this.#revision;
  }

  async find(key: CassetteKey): Promise<Interaction | undefined> {
    this.#requireOpen();
    this.#recheck();
    const row = await this.#row(key);
    return row && readInteraction(this.#options.paths.shown, row);
  }

  refresh(): void {
    this.#recheck();
  }

  async *views(): AsyncIterable<Pick<Interaction, 'key' | 'view'>> {
    for await (const row of this.#rows()) {
      yield {key: row.key, view: readView(this.#options.paths.shown, row)};
    }
  }

  async *interactions(): AsyncIterable<Interaction> {
    for await (const row of this.#rows()) yield readInteraction(this.#options.paths.shown, row);
  }

  async add(recording: Recording): Promise<void> {
    const {paths, writable} = this.#options;
    this.#requireOpen();
    if (!writable) {
      const hint = 'Open it in a mode that records: auto or record.';
      throw new RetakeError(
        'cassette_write_failed',
        `The cassette ${paths.shown} is open for reading only.`,
        {hint},
      );
    }
    await this.#adding(() => this.#keep(recording));
    if (!this.#closed) this.#flushTimer ??= setTimeout(() => this.#flushInBackground(), this.#flushDelay());
  }

  async flush(): Promise<void> {
    this.#requireOpen();
    await this.#flushing(() => this.#flushNow());
  }

  close(): Promise<void> {
    this.#closed ??= this.#adding(() => this.#flushing(() => this.#closeNow()));
    return this.#closed;
  }

  async #keep({key, view, take, replaces}: Recording): Promise<void> {
    const {paths} = this.#options;
    const request = canonicalView(view);
    const row = checkedRow(key, request, take);
    this.#recheck({atOnce: true});
    const before = await this.#row(key);
    const recorded = [{take: row, ...(replaces !== undefined && {replaces})}];
    if (replaces === undefined) {
      const after = await mergeRow(paths.shown, before, {key, request, baseline: [], recorded});
      if (after === before) return;
    }
    this.#session ??= await this.#createSession();
    try {
      const needsBaseline = replaces !== undefined && !this.#session.hasBaseline(key);
      const baseline = needsBaseline ? (this.#committed?.find(key)?.takes ?? []) : undefined;
      this.#session.keep({key, request, take: row, replaces, baseline});
    } catch (cause) {
      throw writeFailed(paths.shown, cause);
    }
    this.#waiting.add(interactionId(key));
    if (before && !sameRows(before, await this.#row(key))) this.#revision++;
  }

  #createSession(): Promise<SessionFile> {
    const {paths} = this.#options;
    return underLock(paths, async () => createSessionFile(newSidecar(paths, 'session'), this.keySettings));
  }

  #flushDelay(): number {
    return Math.max(this.#options.flushDelay, flushPause * this.#lastFlushTook);
  }

  #flushInBackground(): void {
    this.#flushTimer = undefined;
    if (this.#closed) return;
    this.#flushing(() => this.#flushNow()).catch((error: unknown) => {
      // Nothing is lost: it is in the session file, and closing tries once more and then fails for all to see.
      this.#options.log(error instanceof Error ? error.message : String(error));
    });
  }

  async #flushNow(): Promise<void> {
    const {paths, now, log} = this.#options;
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    if (!this.#session || this.#waiting.size === 0) return;
    const begin = now();
    const {upTo, before, hasRecovered} = await flushSessions({paths, own: this.#session, log});
    const isForeign = hasRecovered || before !== this.#committed?.signature;
    this.#reopen();
    this.#session.markFlushed(upTo);
    this.#waiting = new Set(this.#session.waitingIds(this.#session.last));
    if (isForeign) this.#revision++;
    this.#lastFlushTook = now() - begin;
  }

  async #closeNow(): Promise<void> {
    clearTimeout(this.#flushTimer);
    try {
      await this.#flushNow();
      this.#session?.remove();
    } finally {
      this.#session?.close();
      this.#committed?.close();
    }
  }

  #requireOpen(): void {
    if (this.#closed)
      throw new RetakeError('internal', `The cassette ${this.#options.paths.shown} is closed.`);
  }

  /** Notices that another process has replaced the committed file. */
  #recheck({atOnce = false} = {}): void {
    const {paths, now} = this.#options;
    const time = now();
    if (!atOnce && this.#checkedAt !== undefined && Math.abs(time - this.#checkedAt) < recheckInterval)
      return;
    // Left unset when the file is unusable, so that each further request says so until it is restored.
    this.#checkedAt = undefined;
    if (fileSignature(paths.file) !== this.#committed?.signature) {
      this.#reopen();
      this.#revision++;
    }
    this.#checkedAt = time;
  }

  #reopen(): void {
    const old = this.#committed;
    this.#committed = openCommittedFile(this.#options.paths);
    old?.close();
  }

  async #row(key: CassetteKey): Promise<InteractionRow | undefined> {
    const id = interactionId(key);
    const row = this.#waiting.has(id) ? await this.#rowById(id) : this.#committed?.find(key);
    return row?.key === key ? row : undefined;
  }

  async #rowById(id: bigint): Promise<InteractionRow | undefined> {
    const row = this.#committed?.findById(id);
    const recorded = this.#waiting.has(id) ? this.#session?.recorded(id, this.#session.last) : undefined;
    return recorded ? mergeRow(this.#options.paths.shown, row, recorded) : row;
  }

  async *#rows(): AsyncIterable<InteractionRow> {
    for (let start = smallestId; ; ) {
      this.#requireOpen();
      const ids = this.#idsFrom(start);
      for (const id of ids) {
        this.#requireOpen();
        const row = await this.#rowById(id);
        if (row) yield row;
      }
      const last = ids.at(-1) ?? largestId;
      if (last === largestId) return;
      start = last + 1n;
    }
  }

  /** Some of the ids from one on, ascending, with none left out in between. */
  #idsFrom(start: bigint): bigint[] {
    const committed = this.#committed?.idsFrom(start, idsPerPage) ?? [];
    const end = committed.length < idsPerPage ? largestId : (committed.at(-1) ?? largestId);
    const waiting = [...this.#waiting].filter(id => id >= start && id <= end);
    return [...new Set([...committed, ...waiting])].sort((a, b) => (a < b ? -1 : 1));
  }
}

/** The row of a take, after a look at whether it could be read again: what is kept must never turn out to be unusable later. */
function checkedRow(key: CassetteKey, request: string, take: Recording['take']): TakeRow {
  if (keyOfCanonicalText(request) !== key) {
    throw new RetakeError('internal', `A recording came with the key ${key}, which is not its request's.`);
  }
  const row = takeRow(key, take);
  try {
    readTake(key, row);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError('internal', `An answer cannot be kept: ${reason}.`, {cause});
  }
  return row;
}

function sameRows(before: InteractionRow, after: InteractionRow | undefined): boolean {
  return (
    before.takes.length === after?.takes.length &&
    before.takes.every(({digest}, position) => after.takes[position]?.digest.equals(digest))
  );
}
