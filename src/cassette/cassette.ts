import type {CassetteKey, MatchingView} from './key/key.js';
import type {KeySettings} from './key/key-settings.js';
import type {MediaFacts, MediaMemory} from './media-memory.js';
import type {ReadChunksOptions, Take} from './take.js';

/** A matching view with its takes in recording order. */
export type Interaction = {
  readonly key: CassetteKey;
  /** The request as it was hashed: normalised, redacted, with ignored values masked. */
  readonly view: MatchingView;
  readonly takes: readonly [Take, ...Take[]];
};

/**
 * Recorded interactions. Looking up never writes. `add` resolves when the take is safe from a crash; `flush` publishes added takes to
 * other processes. Every implementation passes `test/contract/cassette.ts`.
 */
export interface Cassette {
  /** Its name in messages, headers and paths. */
  readonly name: string;
  /** The settings that shape its keys: fixed when it was created, or with its first document. */
  readonly keySettings: KeySettings;
  /** Whether `forwardModel` is still open, because the cassette is new and its settings do not say. */
  readonly forwardModelIsOpen?: boolean;
  /** Decides it, once and for all with the first take. */
  decideForwardModel?(forwardModel: boolean): void;
  /** Increases whenever the takes of some key may have changed: answers cached for an older revision are void. */
  readonly revision: number;
  /** Raises the revision if another process has changed the cassette; checks at most every quarter of a second. */
  refresh(): void;
  /**
   * With `joined`, the pieces of a text may come as one chunk, which is faster.
   * @throws RetakeError `cassette_invalid` when the row is damaged: a wrong answer is never played.
   */
  find(key: CassetteKey, options?: ReadChunksOptions): Promise<Interaction | undefined>;
  /** The requests of all interactions in key order, without reading the takes. */
  views(): AsyncIterable<Pick<Interaction, 'key' | 'view'>>;
  /** Every interaction in key order, parsed as it is reached. */
  interactions(): AsyncIterable<Interaction>;
  /** Stored facts about attachments. */
  readonly media: MediaMemory;
  /**
   * Checks that takes can be stored, before the model is asked for one.
   * @throws RetakeError `cassette_write_failed`
   */
  requireWritable(): Promise<void>;
  /**
   * Stores a take together with the facts about its request's attachments.
   * @throws RetakeError `cassette_write_failed` when it cannot be stored: the disk is full, the folder is read-only.
   */
  add(recording: Recording): Promise<void>;
  /**
   * Waits until no other process records this key, and reserves it for this one. If another process has recorded it meanwhile, that is the
   * result. Absent if processes cannot know of each other while they record.
   */
  readonly reserve?: ((key: CassetteKey, signal: AbortSignal) => Promise<Reservation>) | undefined;
  /** The number of this request for a key in a session that several processes share, from 0. Absent if each counts for itself. */
  readonly nextPosition?: ((session: string, key: CassetteKey) => Promise<number>) | undefined;
  /** Notes that a take of a key was replayed. Absent if the cassette does not store when it was used. */
  noteUse?(key: CassetteKey): void;
  flush(): Promise<void>;
  /** Flushes and releases all resources. */
  close(options?: CloseOptions): Promise<void>;
}

export type CloseOptions = {
  /** Drops what this process recorded and has not flushed. */
  readonly discard?: boolean | undefined;
};

export type Reservation =
  | {readonly kind: 'reserved'; release(): void}
  | {readonly kind: 'recorded'; readonly interaction: Interaction};

export type Recording = {
  readonly key: CassetteKey;
  readonly view: MatchingView;
  /** The view's canonical text, if that has been written already. */
  readonly canonical?: string | undefined;
  readonly take: Take;
  readonly facts?: MediaFacts;
  /**
   * In record mode, the number of this request for the key in this session, from 0: earlier takes are replaced one by one, except that
   * an equivalent answer keeps the old take. Absent: the take is added, unless an equivalent one exists.
   */
  readonly replaces?: number;
};
