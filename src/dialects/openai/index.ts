import type {Dialect, DialectDefinition, DialectServices} from '../dialect.js';
import {batchEndpoints} from './batches/endpoints.js';
import {chatCompletions} from './chat-completions/endpoint.js';
import {completions} from './completions/endpoint.js';
import {createConversationStore} from './conversations/conversation-store.js';
import {conversationEndpoints} from './conversations/endpoints.js';
import {embeddings} from './embeddings/endpoint.js';
import {encodeError} from './encode-error.js';
import {faultError} from './fault-error.js';
import {fileEndpoints} from './files/endpoints.js';
import {createFileStore} from './files/file-store.js';
import {locate} from './locate.js';
import {modelEndpoints} from './models/endpoints.js';
import {responseEndpoints} from './responses/endpoints.js';
import {schemaError} from './schema-error.js';
import {createCompletionStore} from './stored-completions/completion-store.js';
import {storedCompletionEndpoints} from './stored-completions/endpoints.js';
import {openaiTraits} from './traits.js';
import {wireVariant} from './wire-variant.js';

/** The OpenAI API of its SDKs, compatible servers and Azure. */
export function createOpenai(services: DialectServices): Dialect {
  const files = createFileStore(services);
  const stored = createCompletionStore();
  const conversations = createConversationStore(services);
  return {
    ...openaiTraits,
    locate,
    endpoints: {
      chatCompletions: chatCompletions({files, completions: stored}),
      completions,
      embeddings,
      ...modelEndpoints(services),
      ...fileEndpoints(files),
      ...responseEndpoints({files, conversations}),
      ...conversationEndpoints(conversations),
      ...batchEndpoints(files, services),
      ...storedCompletionEndpoints(stored),
    },
    wireVariant,
    encodeError,
    schemaError,
    faultError,
  };
}

export const openai: DialectDefinition = {...openaiTraits, create: createOpenai};
