import type {ChunkOf} from '../../../chat/chunk.js';
import type {JsonValue} from '../../../chat/json.js';
import {RetakeError} from '../../../errors.js';
import type {AnswerIdentity} from '../../dialect.js';
import {ExpiringStore, type Kept} from '../expiring-store.js';
import type {Content} from '../generate-content/schema.js';
import type {InteractionHead} from './interaction-object.js';

/** A stored interaction, which a client can fetch or continue. */
export type StoredInteraction = Kept & {
  readonly head: InteractionHead;
  readonly identity: AnswerIdentity;
  readonly chunks: readonly ChunkOf<'chat'>[];
  readonly input: JsonValue;
  /** The whole conversation, with the answer. */
  readonly contents: readonly Content[];
};

export type InteractionStore = ExpiringStore<StoredInteraction>;

/** Milliseconds for which Google keeps an interaction of a paying user. */
export const lifetime = 55 * 24 * 60 * 60 * 1000;

export function createInteractionStore(now: () => number): InteractionStore {
  const maxBytes = 128 * 1024 * 1024;
  return new ExpiringStore({now, noun: 'interactions', maxBytes, maxCount: 10_000, evicts: true});
}

/** @throws RetakeError `not_found` in the real API's words */
export function storedInteraction(store: InteractionStore, id: string, field?: string): StoredInteraction {
  const stored = store.get(id);
  if (stored) return stored;
  throw new RetakeError('not_found', 'Requested entity was not found.', {
    field,
    hint: `No interaction ${JSON.stringify(id.slice(0, 100))} is in memory: it was deleted, created with \`store: false\`, or created before retake started.`,
  });
}
