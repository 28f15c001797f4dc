import type {MediaFacts, MediaMemory} from '../media-memory.js';
import {
  addFactRows,
  type FactRow,
  type FactRows,
  type FactTable,
  factRowsOf,
  factTables,
  hasFactRows,
  identityOf,
  noFactRows,
  readMedia,
  readReference,
  readRender,
} from '../rows/fact-rows.js';
import {mergeFacts, newFactRows} from '../rows/merge-facts.js';
import type {IndexedFacts} from '../rows/sorted-facts.js';

/** The facts of a committed file, and on top of them those that this process has found since. */
export class FileMemory implements MediaMemory {
  readonly #path: string;
  readonly #committed: () => IndexedFacts | undefined;
  readonly #keep: (news: FactRows) => Promise<void>;
  /** Facts in the session file that are not in the committed file yet. */
  #waiting = noFactRows();

  /** `committed` is called each time, because the file may have been replaced. `keep` stores facts that come without a take. */
  constructor(options: {
    readonly path: string;
    readonly committed: () => IndexedFacts | undefined;
    readonly keep: (news: FactRows) => Promise<void>;
  }) {
    this.#path = options.path;
    this.#committed = options.committed;
    this.#keep = options.keep;
  }

  async renders(pdf: string, options: string) {
    return this.#renders(pdf, options).map(row => readRender(this.#path, row));
  }

  async references(url: string) {
    return this.#references(url).map(row => readReference(this.#path, row));
  }

  async thumbnail(digest: string) {
    return this.#media('thumbnail', digest);
  }

  async original(sha256: string) {
    return this.#media('original', sha256);
  }

  async *allRenders() {
    for (const row of mergeFacts(this.#committed(), this.#waiting).rows('renders')) {
      yield readRender(this.#path, row);
    }
  }

  async *allReferences() {
    for (const row of mergeFacts(this.#committed(), this.#waiting).rows('refs')) {
      yield readReference(this.#path, row);
    }
  }

  async learn(facts: MediaFacts): Promise<void> {
    const news = this.news(facts);
    if (hasFactRows(news)) await this.#keep(news);
  }

  /** Those facts that are in neither the committed file nor the session file. */
  news(facts: MediaFacts): FactRows {
    const rows = newFactRows(this.#committed(), factRowsOf(facts));
    for (const table of factTables)
      for (const identity of this.#waiting[table].keys()) rows[table].delete(identity);
    return rows;
  }

  /** Whether facts add another meaning to something that had one before. */
  changesWhatWasKnown({renders, refs}: FactRows): boolean {
    return (
      [...renders.values()].some(({pdf, options}) => this.#renders(pdf, options).length > 0) ||
      [...refs.values()].some(({url}) => this.#references(url).length > 0)
    );
  }

  /** These facts are in the session file now. */
  noteKept(news: FactRows): void {
    addFactRows(this.#waiting, news);
  }

  /** These facts are left in the session file after a flush. */
  noteFlushed(waiting: FactRows): void {
    this.#waiting = waiting;
  }

  get isWaiting(): boolean {
    return hasFactRows(this.#waiting);
  }

  #renders(pdf: string, options: string) {
    const committed = this.#committed()?.renders(pdf, options) ?? [];
    return this.#rows('renders', committed, row => row.pdf === pdf && row.options === options);
  }

  #references(url: string) {
    return this.#rows('refs', this.#committed()?.references(url) ?? [], row => row.url === url);
  }

  #rows<Table extends FactTable>(
    table: Table,
    committed: readonly FactRow[Table][],
    isWanted: (row: FactRow[Table]) => boolean,
  ): readonly FactRow[Table][] {
    const waiting: ReadonlyMap<string, FactRow[Table]> = this.#waiting[table];
    if (waiting.size === 0) return committed;
    const rows = new Map(committed.map(row => [identityOf(table, row), row]));
    for (const [identity, row] of waiting) if (isWanted(row)) rows.set(identity, row);
    return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  }

  #media(kind: FactRow['media']['kind'], digest: string) {
    const row = this.#waiting.media.get(`${kind}\n${digest}`) ?? this.#committed()?.media(kind, digest);
    return row && readMedia(this.#path, row);
  }
}
