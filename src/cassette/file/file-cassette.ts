import {RetakeError} from '../../errors.js';
import {fileSignature} from '../../files/file-signature.js';
import type {Cassette, Interaction, Recording} from '../cassette.js';
import {type CassetteKey, canonicalView, keyOfCanonicalText} from '../key.js';
import type {KeySettings} from '../key-settings.js';
import {type CassettePaths, newSidecar} from './cassette-paths.js';
import {type CommittedFile, openCommittedFile, type StoredRequest} from './committed-file.js';
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
const pageLength = 50;
const smallestId = -(2n ** 63n);
const largestId = 2n ** 63n - 1n;

/** A committed file, and over it what this process has recorded since. */
export class FileCassette implements Cassette {
  readonly name: string;
  readonly keySettings: KeySettings;
  readonly #options: FileCassetteOptions;
  #committed: CommittedFile | undefined;
  #checkedAt: number | undefined;
  /** Why the committed file cannot be used at present. */
  #problem: unknown;
  #session: SessionFile | undefined;
  /** The interactions with a recording that is not in the committed file. */
  #waiting = new Set<bigint>();
  #revision = 0;
  readonly #adding = oneAfterAnother();
  readonly #flushing = oneAfterAnother();
  #flushTimer: NodeJS.Timeout | undefined;
  #lastFlushTook = 0;
  #closing: Promise<void> | undefined;
  #isClosed = false;

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

  refresh(): void {
    const time = this.#options.now();
    if (this.#checkedAt !== undefined && Math.abs(time - this.#checkedAt) < recheckInterval) return;
    this.#checkedAt = time;
    this.#recheck();
  }

  async find(key: CassetteKey): Promise<Interaction | undefined> {
    this.#requireUsable();
    this.refresh();
    this.#requireUsable();
    const row = await this.#row(key);
    return row && readInteraction(this.#options.paths.shown, row);
  }

  async *views(): AsyncIterable<Pick<Interaction, 'key' | 'view'>> {
    for (const page of this.#pages()) {
      for (const row of page) yield readView(this.#options.paths.shown, row);
    }
  }

  async *interactions(): AsyncIterable<Interaction> {
    for (const page of this.#pages()) {
      for (const {id} of page) {
        this.#requireUsable();
        const row = await this.#rowById(id);
        if (row) yield readInteraction(this.#options.paths.shown, row);
      }
    }
  }

  async add(recording: Recording): Promise<void> {
    const {paths, writable} = this.#options;
    this.#requireUsable();
    if (!writable) {
      const hint = 'Open it in a mode that records: auto or record.';
      throw new RetakeError(
        'cassette_write_failed',
        `The cassette ${paths.shown} is open for reading only.`,
        {hint},
      );
    }
    await this.#adding(() => this.#keep(recording));
    if (!this.#closing) this.#flushTimer ??= setTimeout(() => this.#flushInBackground(), this.#flushDelay());
  }

  async flush(): Promise<void> {
    this.#requireUsable();
    await this.#flushing(() => this.#flushNow());
  }

  close(): Promise<void> {
    this.#closing ??= this.#adding(() => this.#flushing(() => this.#closeNow()));
    return this.#closing;
  }

  async #keep({key, view, take, replaces}: Recording): Promise<void> {
    const {paths} = this.#options;
    const request = canonicalView(view);
    const row = checkedRow(key, request, take);
    this.#recheck();
    this.#requireUsable();
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
    if (this.#closing) return;
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
      this.#isClosed = true;
      this.#session?.close();
      this.#committed?.close();
    }
  }

  #requireUsable(): void {
    if (this.#isClosed)
      throw new RetakeError('internal', `The cassette ${this.#options.paths.shown} is closed.`);
    if (this.#problem) throw this.#problem;
  }

  /** Notices that another process has replaced the committed file. One that cannot be used is told by whatever needs it next. */
  #recheck(): void {
    if (this.#isClosed || fileSignature(this.#options.paths.file) === this.#committed?.signature) return;
    try {
      this.#reopen();
      this.#problem = undefined;
    } catch (error) {
      this.#problem = error;
    }
    this.#revision++;
  }

  /** Changes over to the file that the path now means. */
  #reopen(): void {
    this.#committed?.close();
    this.#committed = undefined;
    this.#committed = openCommittedFile(this.#options.paths);
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

  /** All requests in key order, a page at a time; what happens to the cassette in between shows in the pages that follow. */
  *#pages(): Iterable<StoredRequest[]> {
    for (let start = smallestId; ; ) {
      this.#requireUsable();
      const page = this.#requestsFrom(start);
      yield page;
      const last = page.at(-1)?.id ?? largestId;
      if (last === largestId) return;
      start = last + 1n;
    }
  }

  #requestsFrom(start: bigint): StoredRequest[] {
    const committed = this.#committed?.requestsFrom(start, pageLength) ?? [];
    const end = committed.length < pageLength ? largestId : (committed.at(-1)?.id ?? largestId);
    const known = new Set(committed.map(({id}) => id));
    const waiting = [...this.#waiting]
      .filter(id => id >= start && id <= end && !known.has(id))
      .flatMap(id => {
        const recorded = this.#session?.recorded(id, this.#session.last);
        return recorded ? [{id, key: recorded.key, request: recorded.request}] : [];
      });
    return [...committed, ...waiting].sort((a, b) => (a.id < b.id ? -1 : 1));
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
