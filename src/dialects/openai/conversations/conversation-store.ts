import {createHash} from 'node:crypto';
import {type JsonObject, stringifyJson} from '../../../chat/json.js';
import {RetakeError} from '../../../errors.js';
import type {DialectServices} from '../../dialect.js';
import {createBoundedStore} from '../../kit/bounded-store.js';
import {newSeeds} from '../../kit/new-seeds.js';
import {listedItems} from '../responses/listed-items.js';

export type ConversationItem = JsonObject & {readonly id: string};

export type Conversation = {
  readonly id: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly metadata: JsonObject;
  /** Oldest first. */
  readonly items: readonly ConversationItem[];
};

export type ConversationStore = {
  create(given: {readonly items: readonly JsonObject[]; readonly metadata: JsonObject}): Conversation;
  /** @throws RetakeError `invalid_request` (404) in the real API's words */
  get(id: string): Conversation;
  update(id: string, metadata: JsonObject): Conversation;
  delete(id: string): void;
  /** Adds items at the end. Each gets an id, unless it has one that is new here. */
  append(id: string, items: readonly JsonObject[]): readonly ConversationItem[];
  /** @throws RetakeError `invalid_request` (404) */
  item(id: string, itemId: string): ConversationItem;
  deleteItem(id: string, itemId: string): Conversation;
};

/** The conversations of this process, in memory; at its bounds, the oldest are evicted. */
export function createConversationStore({
  now,
  objects,
}: Pick<DialectServices, 'now' | 'objects'>): ConversationStore {
  const conversations = createBoundedStore<Conversation>({
    maxCount: 10_000,
    maxBytes: 128 * 1024 * 1024,
    shared: {objects, kind: 'openai/conversations'},
    bytesOf: ({items, metadata}) => stringifyJson([...items, metadata]).length,
  });
  const newSeed = newSeeds({objects});
  const newItemSeed = newSeeds({objects});
  const get = (id: string) => {
    const found = conversations.get(id);
    if (found) return found;
    throw new RetakeError('invalid_request', `Conversation with id '${id}' not found.`, {status: 404});
  };
  const append = (id: string, items: readonly JsonObject[]) => {
    const conversation = get(id);
    const known = new Set(conversation.items.map(item => item.id));
    const named = items.map(({id: own, ...item}): JsonObject => {
      const isNew = typeof own === 'string' && own !== '' && !known.has(own);
      if (isNew) known.add(own);
      return isNew ? {...item, id: own} : item;
    });
    const added = listedItems(named, `${id}\n${newItemSeed()}`);
    conversations.set(id, {...conversation, items: [...conversation.items, ...added]});
    return added;
  };
  const item = (id: string, itemId: string) => {
    const found = get(id).items.find(candidate => candidate.id === itemId);
    if (found) return found;
    throw new RetakeError('invalid_request', `Item with id '${itemId}' not found in conversation '${id}'.`, {
      status: 404,
    });
  };
  return {
    create({items, metadata}) {
      const id = `conv_${createHash('sha256').update(newSeed()).digest('hex').slice(0, 48)}`;
      conversations.set(id, {id, createdAt: Math.floor(now() / 1000), metadata, items: []});
      append(id, items);
      return get(id);
    },
    get,
    update(id, metadata) {
      const updated = {...get(id), metadata};
      conversations.set(id, updated);
      return updated;
    },
    delete(id) {
      conversations.delete(get(id).id);
    },
    append,
    item,
    deleteItem(id, itemId) {
      const removed = item(id, itemId);
      const conversation = get(id);
      const rest = {...conversation, items: conversation.items.filter(kept => kept !== removed)};
      conversations.set(id, rest);
      return rest;
    },
  };
}
