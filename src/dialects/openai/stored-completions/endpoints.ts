import {isJsonObject, type JsonObject, parseJson} from '../../../chat/json.js';
import {foldChunks} from '../../../chat/reply.js';
import type {LocalEndpoint, RawRequest} from '../../dialect.js';
import {jsonAnswer} from '../../kit/json-answer.js';
import {encodeReply} from '../chat-completions/encode-reply.js';
import {CompletionUpdate} from '../chat-completions/schema.js';
import {checkWire} from '../check-wire.js';
import {pageOf} from '../list-page.js';
import {headersFor} from '../response-headers.js';
import type {CompletionStore, StoredCompletion} from './completion-store.js';

const checkUpdate = checkWire(CompletionUpdate);
const paging = {order: 'asc', limit: 20, maxLimit: 100} as const;

/** The endpoints of chat completions with `store: true`. */
export function storedCompletionEndpoints(store: CompletionStore): Readonly<Record<string, LocalEndpoint>> {
  const storedAt = ({params}: RawRequest) => store.get(params['completion'] ?? '');
  return {
    listCompletions: {
      kind: 'local',
      method: 'GET',
      async answer({query}) {
        const page = pageOf(
          store.list().filter(stored => fits(stored, query)),
          query,
          paging,
        );
        return jsonAnswer({...page, data: await Promise.all(page.data.map(completionOf))}, headersFor);
      },
    },
    getCompletion: {
      kind: 'local',
      method: 'GET',
      answer: async request => jsonAnswer(await completionOf(storedAt(request)), headersFor),
    },
    updateCompletion: {
      kind: 'local',
      method: 'POST',
      async answer(request) {
        const stored = storedAt(request);
        const {metadata} = checkUpdate(parseJson(request.bytes));
        const updated = {...stored, metadata};
        store.add(updated);
        return jsonAnswer(await completionOf(updated), headersFor);
      },
    },
    deleteCompletion: {
      kind: 'local',
      method: 'DELETE',
      answer({params: {completion: id = ''}}) {
        store.delete(id);
        return jsonAnswer({id, object: 'chat.completion.deleted', deleted: true}, headersFor);
      },
    },
    listCompletionMessages: {
      kind: 'local',
      method: 'GET',
      answer(request) {
        const {id, messages} = storedAt(request);
        const listed = messages.map((message, index) => messageOf(message, `${id}-${index}`));
        return jsonAnswer(pageOf(listed, request.query, paging), headersFor);
      },
    },
  };
}

/** A list can be filtered by model and by metadata: `metadata[run]=1`. */
function fits({format, metadata}: StoredCompletion, query: URLSearchParams): boolean {
  const model = query.get('model');
  if (model !== null && model !== format.modelName) return false;
  return [...query].every(([name, value]) => {
    const [, key] = /^metadata\[(.*)\]$/.exec(name) ?? [];
    return key === undefined || metadata[key] === value;
  });
}

async function completionOf({chunks, identity, format, metadata}: StoredCompletion): Promise<JsonObject> {
  const completion = parseJson(encodeReply(await foldChunks(chunks), identity, format));
  return {...(isJsonObject(completion) && completion), metadata};
}

/** A stored message has a separate member for content with several parts. */
function messageOf(message: JsonObject, id: string): JsonObject & {readonly id: string} {
  const {content = null} = message;
  return Array.isArray(content) ? {...message, id, content: null, content_parts: content} : {...message, id};
}
