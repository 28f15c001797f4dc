import {isJsonObject, type JsonObject, type JsonValue, stringifyJson} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {RetakeError} from '../../../errors.js';
import {createBoundedStore} from '../../kit/bounded-store.js';
import {checkWire} from '../check-wire.js';
import {fault} from '../invalid-value.js';
import {Thread} from './schema.js';

/** A conversation up to an answer, as the client sent it. */
export type StoredThread = {
  readonly system: JsonValue | undefined;
  readonly tools: JsonValue | undefined;
  readonly messages: readonly JsonValue[];
};

export type ThreadStore = {
  /** @throws RetakeError `invalid_request` (404) with the code by which SDKs send the whole conversation again */
  get(messageId: string): StoredThread;
  set(messageId: string, thread: StoredThread): void;
};

/**
 * The threads of this process, in memory, by the id of their last answer; at its bounds, the oldest are evicted. The id of an answer is
 * derived from what it answers, so equal conversations share a thread, and one can be continued more than once.
 */
export function createThreadStore(): ThreadStore {
  const threads = createBoundedStore<StoredThread>({
    maxCount: 10_000,
    maxBytes: 128 * 1024 * 1024,
    bytesOf: ({system = null, tools = null, messages}) => stringifyJson([system, tools, ...messages]).length,
  });
  return {
    get(id) {
      const thread = threads.get(id);
      if (thread) return thread;
      throw new RetakeError(
        'invalid_request',
        `thread.previous_message_id: no thread has the message ${id}`,
        {
          status: 404,
          field: 'thread.previous_message_id',
          reason: 'thread_not_found',
        },
      );
    },
    set: threads.set,
  };
}

const checkThread = checkWire(Thread);

/** What a request does with threads. */
export type ThreadUse = {
  /** The body with the whole conversation. */
  readonly body: JsonValue;
  /** Whether the conversation is kept under the id of the answer. */
  readonly isKept: boolean;
  /** Whether it comes from a thread. */
  readonly isContinued: boolean;
};

/** The whole conversation of a request: one that continues a thread has the new messages only. */
export function completeFromThread(body: JsonValue, threads: ThreadStore): ThreadUse {
  const asked = isJsonObject(body) ? (body['thread'] ?? null) : null;
  if (!isJsonObject(body) || asked === null) return {body, isKept: false, isContinued: false};
  const {type, previous_message_id: previous} = checkThread(asked, 'thread');
  if (type === 'create') {
    if (previous !== undefined)
      throw fault('thread.create.previous_message_id', 'Extra inputs are not permitted');
    return {body, isKept: true, isContinued: false};
  }
  if (previous === undefined) throw fault('thread.continue.previous_message_id', 'Field required');
  for (const field of ['system', 'tools']) {
    if ((body[field] ?? null) !== null) {
      throw fault(
        field,
        'the thread has it already: it may only be set by the request that creates the thread',
      );
    }
  }
  const {system, tools, messages} = threads.get(previous);
  const added = body['messages'];
  const whole = {...body, ...omitUndefined({system, tools}), messages: withMessages(messages, added)};
  return {body: whole, isKept: true, isContinued: true};
}

/** What is no list is left for the check of the body. */
function withMessages(messages: readonly JsonValue[], added: JsonValue | undefined): JsonValue {
  return Array.isArray(added) ? [...messages, ...added] : (added ?? null);
}

/** The conversation with its answer. */
export function threadAfter(body: JsonValue, answer: readonly JsonValue[]): StoredThread {
  const {system, tools, messages}: JsonObject = isJsonObject(body) ? body : {};
  const said = {role: 'assistant', content: [...answer]};
  return {system, tools, messages: [...(Array.isArray(messages) ? messages : []), said]};
}
