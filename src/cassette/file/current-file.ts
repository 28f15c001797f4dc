import {fileSignature} from '../../files/file-signature.js';
import {type DocumentSettings, documentSettingsOf} from '../key/key-settings.js';
import type {CassettePaths} from './cassette-paths.js';
import {type CommittedFile, openCommittedFile} from './committed-file.js';

/** Milliseconds between two checks of the path. */
const recheckInterval = 250;

/** The committed file that is at the path now, also after another process has replaced it. */
export class CurrentFile {
  readonly #paths: CassettePaths;
  readonly #now: () => number;
  #file: CommittedFile | undefined;
  /** Why the present file cannot be used. */
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
   * The file; undefined if there is none.
   * @throws RetakeError `cassette_invalid` while the file that is there cannot be used
   */
  get file(): CommittedFile | undefined {
    if (this.#problem) throw this.#problem;
    return this.#file;
  }

  /** Increases whenever the content may have changed. */
  get revision(): number {
    return this.#revision;
  }

  /** The settings that the file's documents were rendered with; undefined if it holds none or cannot be used. */
  get documentSettings(): DocumentSettings | undefined {
    return this.#file?.hasDocuments ? documentSettingsOf(this.#file.keySettings) : undefined;
  }

  /** The file's own setting; undefined if there is no file, or none that can be used. */
  get forwardModel(): boolean | undefined {
    return this.#file?.keySettings.forwardModel;
  }

  noteChange(): void {
    this.#revision++;
  }

  /** Checks for another file, not too often. It never throws: `file` throws if the file cannot be used. */
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
   * Switches to the file that this process has written. The revision increases only if it was made from another file than the current one,
   * or if another process has replaced it in the meantime.
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
