import type {CassetteKey} from '../key/key.js';
import type {KeySettings} from '../key/key-settings.js';
import type {InteractionRow} from './interaction-row.js';
import type {IndexedFacts, SortedFacts} from './sorted-facts.js';

/** The rows of a cassette, whatever store holds them: what comparing, merging, exporting and maintenance read. */
export type StoredCassette = {
  readonly keySettings: KeySettings;
  /** Whether it holds documents, and with them document settings. */
  readonly hasDocuments: boolean;
  readonly facts: IndexedFacts;
  find(key: CassetteKey): InteractionRow | undefined;
  findById(id: bigint): InteractionRow | undefined;
  /** All rows in key order, read as they are reached. */
  rows(): Iterable<StoredInteraction>;
};

export type StoredInteraction = {readonly id: bigint; readonly row: InteractionRow};

/** A state of a cassette: in a folder, or in a commit. */
export type CassetteSnapshot<Stored extends StoredCassette = StoredCassette> = {
  /** Its name in messages. */
  readonly shown: string;
  /** Undefined when there is no cassette in this state. */
  readonly cassette: Stored | undefined;
};

/** Everything that a store writes. */
export type CassetteContent = {
  readonly keySettings: KeySettings;
  /** In the order of their ids. */
  readonly interactions: Iterable<StoredInteraction>;
  readonly facts: SortedFacts;
};

/** The same, of which the interactions may be read from afar while they are written. */
export type StreamedContent = Omit<CassetteContent, 'interactions'> & {
  readonly interactions: AnyIterable<StoredInteraction>;
};

export type AnyIterable<Item> = Iterable<Item> | AsyncIterable<Item>;

/** A cassette's content with other interactions; its settings and facts stay. */
export function withInteractions(
  {keySettings, facts}: StoredCassette,
  interactions: Iterable<StoredInteraction>,
): CassetteContent {
  return {keySettings, interactions, facts};
}

/** Rows in the order in which a cassette holds them. */
export function inOrderOfIds(rows: Iterable<StoredInteraction>): readonly StoredInteraction[] {
  return [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
}
