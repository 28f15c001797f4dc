import type {CassetteKey, MatchingView} from './key/key.js';
import type {KeySettings} from './key/key-settings.js';
import type {MediaFacts, MediaMemory} from './media-memory.js';
import type {Take} from './take.js';

/** A matching view with its takes in recording order. */
export type Interaction = {
  readonly key: CassetteKey;
  /** The request as it was hashed: normalised, redacted, what varies masked. */
  readonly view: MatchingView;
  readonly takes: readonly [Take, ...Take[]];
};

/**
 * A file of interactions. Looking up never writes. `add` resolves only when the take cannot be lost any more; `flush` brings what was
 * added into the committed file. Every implementation passes `test/contract/cassette.ts`.
 */
export interface Cassette {
  /** Its name in messages, headers and paths: the file's name without `.cassette`. */
  readonly name: string;
  /** The settings that shape its keys; remembered since it was created, or since its first document. */
  readonly keySettings: KeySettings;
  /** Grows whenever what is known of some key may have changed: cached answers of an older revision are void. */
  readonly revision: number;
  /** Notices a file that somebody replaced, and raises the revision; looks at most every quarter of a second. */
  refresh(): void;
  /** @throws RetakeError `cassette_invalid` when the row is damaged: a wrong answer is never played. */
  find(key: CassetteKey): Promise<Interaction | undefined>;
  /** What every interaction is the answer to, in key order, without reading the takes. */
  views(): AsyncIterable<Pick<Interaction, 'key' | 'view'>>;
  /** Every interaction in key order, parsed as it is reached. */
  interactions(): AsyncIterable<Interaction>;
  /** What it remembers of attachments. */
  readonly media: MediaMemory;
  /**
   * Keeps a take, and with it what was found out of its question's attachments.
   * @throws RetakeError `cassette_write_failed` when it cannot be kept: the disk is full, the folder is read-only.
   */
  add(recording: Recording): Promise<void>;
  flush(): Promise<void>;
  /** Flushes and lets go of every file. */
  close(): Promise<void>;
}

export type Recording = {
  readonly key: CassetteKey;
  readonly view: MatchingView;
  readonly take: Take;
  readonly facts?: MediaFacts;
  /**
   * In record mode, which asking of the key in this session this is, from 0: the takes that the cassette had before are replaced one
   * by one, except that an equivalent answer keeps the old take. Absent: the take is added, unless an equivalent one is there.
   */
  readonly replaces?: number;
};
