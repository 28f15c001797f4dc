import {setTimeout as sleep} from 'node:timers/promises';
import {LRUCache} from 'lru-cache';
import type {Interaction} from '../cassette.js';
import type {CassetteKey} from '../key/key.js';
import {interactionId} from '../rows/interaction-row.js';
import type {Change} from './change-feed.js';

/** The interactions of a cassette that are in memory, and what is known of changes in the database. */
export type InteractionMemory = {
  /** Increases whenever the takes of some interaction may have changed. */
  readonly revision: number;
  get(key: CassetteKey): Interaction | undefined;
  /** Keeps an interaction that was read from the database, unless something has changed since the given revision. */
  set(interaction: Interaction, revision: number): void;
  /** A change of this process or of another. One whose predecessor is unknown voids all that is in memory. */
  noteChange(change: Change): void;
  /** The revision of the database, which was looked up; it differs if a change was missed. */
  noteRevision(revision: number): void;
  /** Whether the interaction was stored within some milliseconds. */
  untilStored(key: CassetteKey, pause: number, signal: AbortSignal): Promise<boolean>;
  clear(): void;
};

/** Characters of takes that are kept for the next request. */
const memoryLimit = 64 * 1024 * 1024;

export function createInteractionMemory(cassette: string): InteractionMemory {
  /** By the id of the interaction, as are those who wait. */
  const interactions = new LRUCache<string, Interaction>({maxSize: memoryLimit, sizeCalculation: sizeOf});
  const waiting = new Map<string, Set<() => void>>();
  let revision = 0;
  /** The revision in the database up to which all changes are known here. */
  let seen = 0;

  const noteChange = ({interaction, revision: stored}: Change) => {
    for (const notify of waiting.get(interaction) ?? []) notify();
    if (stored === undefined || stored <= seen) return;
    const isNext = stored === seen + 1;
    seen = stored;
    revision++;
    if (!isNext || interaction === '') interactions.clear();
    else interactions.delete(interaction);
  };
  return {
    get revision() {
      return revision;
    },
    get(key) {
      const interaction = interactions.get(idOf(key));
      return interaction?.key === key ? interaction : undefined;
    },
    set(interaction, readAt) {
      if (readAt === revision) interactions.set(idOf(interaction.key), interaction);
    },
    noteChange,
    noteRevision(stored) {
      if (stored === seen) return;
      if (stored < seen) seen = 0;
      noteChange({cassette, interaction: '', revision: stored});
    },
    async untilStored(key, pause, signal) {
      const id = idOf(key);
      const ending = new AbortController();
      const notify = () => ending.abort();
      const others = waiting.get(id) ?? new Set();
      waiting.set(id, others.add(notify));
      try {
        await sleep(pause, undefined, {signal: AbortSignal.any([signal, ending.signal])});
        return false;
      } catch {
        signal.throwIfAborted();
        return true;
      } finally {
        others.delete(notify);
        if (others.size === 0) waiting.delete(id);
      }
    },
    clear: () => interactions.clear(),
  };
}

function idOf(key: CassetteKey): string {
  return String(interactionId(key));
}

function sizeOf({takes}: Interaction): number {
  let size = 1000;
  for (const {chunks} of takes) {
    for (const {chunk} of chunks) size += 100 + ('text' in chunk ? String(chunk.text).length : 100);
  }
  return size;
}
