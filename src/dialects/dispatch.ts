import type {IncomingHttpHeaders} from 'node:http';
import type {Dialect, DialectName, Location} from './dialect.js';

/** Whose request this is. `location` is undefined when that API has no such endpoint: the 404 is still shaped like the API's own. */
export type Address = {
  readonly dialect: Dialect;
  readonly location: Location | undefined;
  /** The path without `/@name` and without the query: what a log line or an error shows. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The cassette named by a `/@name` prefix. */
  readonly cassette: string | undefined;
};

/**
 * Decides which API a request belongs to. Three APIs share one port, and two of them `/v1/…`, so the order of the rules matters: what a
 * path alone tells comes first, then the headers that only one API's SDKs send.
 */
export function findAddress(
  dialects: Readonly<Record<DialectName, Dialect>>,
  {
    method,
    url,
    headers,
  }: {readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders},
): Address {
  const [fullPath = '/'] = url.split('?', 1);
  const query = new URLSearchParams(url.slice(fullPath.length));
  const {path, cassette} = splitCassette(fullPath);
  const dialect = dialects[ownerOf(path, query, headers)];
  return {dialect, location: dialect.locate(method, path), path, query, cassette};
}

function ownerOf(path: string, query: URLSearchParams, headers: IncomingHttpHeaders): DialectName {
  if (geminiMethod.test(path)) return 'gemini';
  if (geminiOpenai.test(path)) return 'openai';
  if (geminiVersion.test(path) || geminiCollection.test(path)) return 'gemini';
  if (anthropicPath.test(path) || headers['anthropic-version'] !== undefined) return 'anthropic';
  if (openaiPath.test(path)) return 'openai';
  const isGoogle =
    headers['x-goog-api-key'] !== undefined || headers['x-goog-api-client'] !== undefined || query.has('key');
  return isGoogle ? 'gemini' : 'openai';
}

const geminiMethod =
  /:(?:generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents|predict|computeTokens|batchGenerateContent|asyncBatchEmbedContent|predictLongRunning|fetchPredictOperation)$/;
/** Where Google speaks OpenAI's API: the Developer API, and Vertex AI. */
const geminiOpenai = /\/v1(?:beta|alpha)\/openai(?:\/|$)|\/endpoints\/openapi\//;
const geminiVersion = /\/(?:v1beta|v1alpha|v1beta1|upload)(?:\/|$)/;
/** Names of resources that no other API has. */
const geminiCollection =
  /\/(?:cachedContents|tunedModels|publishers\/[^/]+\/models|projects\/[^/]+\/locations|fileSearchStores|auth_tokens|interactions)(?:\/|:|$)|\/ws\/google\./;
const anthropicPath = /\/v1\/messages(?:\/|$)/;
const openaiPath = /\/(?:chat\/completions|completions|embeddings|responses)(?:\/|$)/;

/** SDKs that only take a base URL choose a cassette by its path: `http://localhost:8090/@name`. */
function splitCassette(path: string): {path: string; cassette: string | undefined} {
  const match = /^\/+@([^/]*)(\/.*)?$/.exec(path);
  if (!match) return {path, cassette: undefined};
  const [, name = '', rest = '/'] = match;
  return {path: rest, cassette: decode(name)};
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // A bad escape cannot be a cassette's name; the check of names says so.
    return name;
  }
}
