import type {ChunkOf} from '../../../chat/chunk.js';
import {type JsonObject, stringifyJson} from '../../../chat/json.js';
import {RetakeError} from '../../../errors.js';
import type {AnswerIdentity} from '../../dialect.js';
import {createBoundedStore} from '../../kit/bounded-store.js';
import type {ReplyFormat} from '../chat-completions/encode-reply.js';

/** A stored chat completion. */
export type StoredCompletion = {
  readonly id: string;
  readonly identity: AnswerIdentity;
  readonly chunks: readonly ChunkOf<'chat'>[];
  readonly format: ReplyFormat;
  readonly messages: readonly JsonObject[];
  readonly metadata: JsonObject;
};

export type CompletionStore = {
  add(stored: StoredCompletion): void;
  /** @throws RetakeError `invalid_request` (404). */
  get(id: string): StoredCompletion;
  delete(id: string): void;
  /** Oldest first. */
  list(): readonly StoredCompletion[];
};

/** The stored completions of this process, in memory; at its bounds, the oldest are evicted. */
export function createCompletionStore(): CompletionStore {
  const completions = createBoundedStore<StoredCompletion>({
    maxCount: 10_000,
    maxBytes: 64 * 1024 * 1024,
    bytesOf: ({messages, chunks}) => stringifyJson(messages).length + JSON.stringify(chunks).length,
  });
  const get = (id: string) => {
    const stored = completions.get(id);
    if (stored) return stored;
    throw new RetakeError('invalid_request', `Chat completion with id '${id}' not found.`, {status: 404});
  };
  return {
    add: stored => completions.set(stored.id, stored),
    get,
    delete(id) {
      completions.delete(get(id).id);
    },
    list: completions.values,
  };
}
