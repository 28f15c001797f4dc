import type {ChunkOf} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, stringifyJson} from '../../../chat/json.js';
import {RetakeError} from '../../../errors.js';
import type {AnswerIdentity} from '../../dialect.js';
import {createBoundedStore} from '../../kit/bounded-store.js';
import type {CallForms} from './call-forms.js';
import type {ResponseHead, ResponseObject} from './response-object.js';

/** A stored response, which a client can fetch or continue. */
export type StoredResponse = {
  readonly response: ResponseObject;
  readonly head: ResponseHead;
  readonly identity: AnswerIdentity;
  readonly chunks: readonly ChunkOf<'chat'>[];
  readonly callForms: CallForms;
  /** The whole conversation, each item with an id. */
  readonly items: readonly JsonObject[];
  /** The number of items that belong to earlier responses. */
  readonly inherited: number;
};

export type ResponseStore = {
  add(stored: StoredResponse): void;
  /** @throws RetakeError `invalid_request` (404) in the real API's words. */
  get(id: string): StoredResponse;
  /** The response that a request continues. @throws RetakeError `invalid_request` in the real API's words. */
  previous(id: string): StoredResponse;
  /** An item of any response. @throws RetakeError `invalid_request` (404) in the real API's words. */
  findItem(id: string): JsonObject;
  delete(id: string): void;
};

/** The responses of this process, in memory; at its bounds, the oldest are evicted. */
export function createResponseStore(): ResponseStore {
  const responses = createBoundedStore<StoredResponse>({
    maxCount: 10_000,
    maxBytes: 128 * 1024 * 1024,
    bytesOf: sizeOf,
  });
  const get = (id: string) => {
    const stored = responses.get(id);
    if (stored) return stored;
    throw new RetakeError('invalid_request', `Response with id '${id}' not found.`, {status: 404});
  };
  return {
    add: stored => responses.set(stored.response.id, stored),
    get,
    previous(id) {
      const stored = responses.get(id);
      if (stored) return stored;
      throw new RetakeError('invalid_request', `Previous response with id '${id}' not found.`, {
        field: 'previous_response_id',
        reason: 'previous_response_not_found',
      });
    },
    findItem(id) {
      for (const {items, response} of responses.values().toReversed()) {
        const item = [...response.output, ...items].find(candidate => candidate['id'] === id);
        if (isJsonObject(item)) return item;
      }
      throw new RetakeError(
        'invalid_request',
        `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
        {status: 404, field: 'input'},
      );
    },
    delete(id) {
      responses.delete(get(id).response.id);
    },
  };
}

/** The items that a response added to its conversation; earlier items are shared with earlier responses. */
function sizeOf({response, items, inherited}: StoredResponse): number {
  const added = items.slice(inherited).reduce((size, item) => size + stringifyJson(item).length, 0);
  return added + 2 * stringifyJson([...response.output]).length;
}
