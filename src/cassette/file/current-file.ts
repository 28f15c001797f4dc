import {fileSignature} from '../../files/file-signature.js';
import {type DocumentSettings, documentSettingsOf} from '../key/key-settings.js';
import type {CassettePaths} from './cassette-paths.js';
import {type CommittedFile, openCommittedFile} from './committed-file.js';

/** Milliseconds for which the path is taken to mean the same file without a look. */
const recheckInterval = 250;

/** The committed file that the path means at present: another one whenever some process has replaced it. */
export class CurrentFile {
  readonly #paths: CassettePaths;
  readonly #now: () => number;
  #file: CommittedFile | undefined;
  /** Why the file that is there now cannot be used. */
  #problem: unknown;
  #revision = 0;
  #checkedAt: number;
  #isClosed = false;

  constructor({
    paths,
    file,
    now,
  }: {paths: CassettePaths; file: CommittedFile | undefined; now: () => number}) {
    this.#paths = paths;
    this.#now = now;
    this.#file = file;
    this.#checkedAt = now();
  }

  /**
   * The file; undefined when there is none.
   * @throws RetakeError `cassette_invalid` while the file that is there cannot be used
   */
  get file(): CommittedFile | undefined {
    if (this.#problem) throw this.#problem;
    return this.#file;
  }

  /** Grows whenever something that was known of the cassette may have changed. */
  get revision(): number {
    return this.#revision;
  }

  /** How the file's documents became pages; undefined when it holds none or cannot be used. */
  get documentSettings(): DocumentSettings | undefined {
    return this.#file?.hasDocuments ? documentSettingsOf(this.#file.keySettings) : undefined;
  }

  noteChange(): void {
    this.#revision++;
  }

  /** Notices another file, looking not too often. It does not fail: a file that cannot be used is told by `file`. */
  refresh(): void {
    const time = this.#now();
    if (Math.abs(time - this.#checkedAt) >= recheckInterval) this.refreshAtOnce();
  }

  refreshAtOnce(): void {
    this.#checkedAt = this.#now();
    if (this.#isClosed || fileSignature(this.#paths.file) === this.#file?.signature) return;
    this.#revision++;
    try {
      this.#reopen();
    } catch (error) {
      this.#problem = error;
    }
  }

  /**
   * Goes over to the file that this process has put there. That is news only if it was made from another file than the one known until
   * now, or if another process has replaced it in the meantime.
   */
  adopt({before, after}: {before: string | undefined; after: string | undefined}): void {
    const wasKnown = before === this.#file?.signature;
    this.#reopen();
    if (!wasKnown || after !== this.#file?.signature) this.#revision++;
  }

  close(): void {
    this.#isClosed = true;
    this.#file?.close();
  }

  #reopen(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#file = openCommittedFile(this.#paths);
    this.#problem = undefined;
  }
}
