import type {JsonObject} from '../../chat/json.js';
import type {Claim, DialectTraits, Environment, UnaddressedRequest} from '../dialect.js';
import {placeholderKey, replaceSet} from '../kit/client-variables.js';
import {isGoogleOpenaiPath} from '../kit/google-openai-path.js';

export const geminiTraits: DialectTraits = {
  name: 'gemini',
  provider: {
    baseUrl: 'https://generativelanguage.googleapis.com',
    modelList: '/v1beta/models',
    keyVariable: 'GEMINI_API_KEY',
    keyHeaders: ['authorization', 'x-goog-api-key'],
    keyHeader: key => ['x-goog-api-key', key],
  },
  claims,
  guess(body) {
    return {path: pathOf(body), fits: ownFields.some(name => name in body)};
  },
  answerHeaders: {byValue: [], byPresence: ['x-goog-api-key', 'x-goog-api-client']},
  clientVariables,
};

function claims({path, query, headers}: UnaddressedRequest): Claim | undefined {
  if (ownMethod.test(path)) return 'certain';
  if (isGoogleOpenaiPath(path)) return undefined;
  if (ownVersion.test(path) || ownCollection.test(path)) return 'certain';
  const isGoogle =
    headers['x-goog-api-key'] !== undefined || headers['x-goog-api-client'] !== undefined || query.has('key');
  return isGoogle ? 'credential' : undefined;
}

const ownMethod =
  /:(?:generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents|predict|computeTokens|batchGenerateContent|asyncBatchEmbedContent|predictLongRunning|fetchPredictOperation)$/;
const ownVersion = /\/(?:(?:v1beta|v1alpha|v1beta1|upload)(?:\/|$)|v1internal(?:[:/]|$))/;
/** Resource names that only this API has. */
const ownCollection =
  /\/(?:cachedContents|tunedModels|publishers\/[^/]+\/models|projects\/[^/]+\/locations|fileSearchStores|auth_tokens|interactions)(?:\/|:|$)|\/ws\/google\./;

const ownFields = ['contents', 'content', 'requests', 'generateContentRequest'];

function pathOf(body: JsonObject): string {
  const {model} = body;
  const name = typeof model === 'string' ? model.replace(/^models\//, '') : 'gemini-2.5-flash';
  const method =
    'requests' in body ? 'batchEmbedContents' : 'content' in body ? 'embedContent' : 'generateContent';
  return `/v1beta/models/${encodeURIComponent(name)}:${method}`;
}

function clientVariables(address: string, inherited: Environment): Readonly<Record<string, string>> {
  return {
    GOOGLE_GEMINI_BASE_URL: address,
    GOOGLE_VERTEX_BASE_URL: address,
    // LiteLLM reads this name, and expects the version of the API in it.
    GEMINI_API_BASE: `${address}/v1beta`,
    GOOGLE_GENERATIVE_AI_API_KEY: placeholderKey,
    // The Gemini SDKs warn if they find both names, so the second is set only where it already was.
    ...(inherited['GOOGLE_API_KEY'] && !inherited['GEMINI_API_KEY'] ? {} : {GEMINI_API_KEY: placeholderKey}),
    ...replaceSet(inherited, {GOOGLE_API_KEY: placeholderKey, GOOGLE_GENAI_API_KEY: placeholderKey}),
  };
}
