import type {JsonObject} from '../../chat/json.js';
import type {DialectTraits} from '../dialect.js';
import {placeholderKey, replaceSet} from '../kit/client-variables.js';
import {isGoogleOpenaiPath} from '../kit/google-openai-path.js';

export const openaiTraits: DialectTraits = {
  name: 'openai',
  provider: {
    baseUrl: 'https://api.openai.com/v1',
    version: 'v1',
    modelList: '/v1/models',
    keyVariable: 'OPENAI_API_KEY',
    keyHeaders: ['authorization', 'api-key'],
    // Clients of Azure have the second one.
    keyHeader: (key, given) =>
      given.includes('api-key') ? ['api-key', key] : ['authorization', `Bearer ${key}`],
  },
  claims({path}) {
    if (isGoogleOpenaiPath(path)) return 'certain';
    // Compatible servers use this API under any path, so requests that no other API claims belong to it.
    return ownPath.test(path) ? 'certain' : 'fallback';
  },
  guess(body) {
    return {path: pathOf(body), fits: ownFields.some(name => name in body)};
  },
  // The Python SDK gets embeddings in base64 unless it requests floats.
  answerHeaders: {byValue: ['x-stainless-lang'], byPresence: []},
  clientVariables(address, inherited) {
    return {
      OPENAI_BASE_URL: `${address}/v1`,
      // Older OpenAI SDKs, LangChain and LiteLLM read this name.
      OPENAI_API_BASE: `${address}/v1`,
      OPENAI_API_KEY: placeholderKey,
      ...replaceSet(inherited, {AZURE_OPENAI_ENDPOINT: address, AZURE_OPENAI_API_KEY: placeholderKey}),
    };
  },
};

const ownPath = /\/(?:chat\/completions|completions|embeddings|responses)(?:\/|$)/;
const ownFields = ['messages', 'input', 'prompt'];

function pathOf(body: JsonObject): string {
  if ('messages' in body) return '/v1/chat/completions';
  if ('prompt' in body) return '/v1/completions';
  const {model} = body;
  return typeof model === 'string' && model.includes('embed') ? '/v1/embeddings' : '/v1/responses';
}
