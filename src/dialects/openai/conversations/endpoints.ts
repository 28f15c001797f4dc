import {type JsonValue, parseJson} from '../../../chat/json.js';
import type {LocalEndpoint, RawRequest} from '../../dialect.js';
import {localEndpoints} from '../../kit/local-endpoint.js';
import {checkWire} from '../check-wire.js';
import {pageOf} from '../list-page.js';
import {headersFor} from '../response-headers.js';
import type {Conversation, ConversationStore} from './conversation-store.js';
import {ConversationCreation, ConversationUpdate, ItemsCreation} from './schema.js';

const checkCreation = checkWire(ConversationCreation);
const checkUpdate = checkWire(ConversationUpdate);
const checkItems = checkWire(ItemsCreation);
const paging = {order: 'desc', limit: 20, maxLimit: 100} as const;

/** The Conversations API: conversations that responses continue. */
export function conversationEndpoints(store: ConversationStore): Readonly<Record<string, LocalEndpoint>> {
  const local = localEndpoints(headersFor);
  return {
    createConversation: local('POST', ({bytes}) => {
      const {items = [], metadata = {}} = checkCreation(bodyOf(bytes));
      return conversationObject(store.create({items, metadata}));
    }),
    getConversation: local('GET', request => conversationObject(store.get(idOf(request)))),
    updateConversation: local('POST', request => {
      const {metadata} = checkUpdate(bodyOf(request.bytes));
      return conversationObject(store.update(idOf(request), metadata));
    }),
    deleteConversation: local('DELETE', request => {
      const id = idOf(request);
      store.delete(id);
      return {id, object: 'conversation.deleted', deleted: true};
    }),
    createConversationItems: local('POST', request => {
      const {items} = checkItems(bodyOf(request.bytes));
      const added = store.append(idOf(request), items);
      return pageOf(added, new URLSearchParams(), {...paging, order: 'asc', limit: added.length});
    }),
    listConversationItems: local('GET', request =>
      pageOf(store.get(idOf(request)).items, request.query, paging),
    ),
    getConversationItem: local('GET', request => store.item(idOf(request), request.params['item'] ?? '')),
    deleteConversationItem: local('DELETE', request =>
      conversationObject(store.deleteItem(idOf(request), request.params['item'] ?? '')),
    ),
  };
}

function idOf({params}: RawRequest): string {
  return params['conversation'] ?? '';
}

/** A conversation can be created without a body. */
function bodyOf(bytes: Uint8Array): JsonValue {
  return bytes.length === 0 ? {} : parseJson(bytes);
}

function conversationObject({id, createdAt, metadata}: Conversation) {
  return {id, object: 'conversation', created_at: createdAt, metadata};
}
