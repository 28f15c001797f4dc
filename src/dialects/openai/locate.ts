import type {Location} from '../dialect.js';

type Route = {readonly method: string; readonly path: readonly string[]; readonly endpoint: string};

function route(line: string, endpoint: string): Route {
  const [method = '', path = ''] = line.split(' ');
  return {method, path: path.split('/'), endpoint};
}

/** Braces are parameters; one with an ellipsis matches the rest of the path. The first match wins. */
const routes: readonly Route[] = [
  route('POST chat/completions', 'chatCompletions'),
  route('GET chat/completions', 'listCompletions'),
  route('GET chat/completions/{completion}', 'getCompletion'),
  route('POST chat/completions/{completion}', 'updateCompletion'),
  route('DELETE chat/completions/{completion}', 'deleteCompletion'),
  route('GET chat/completions/{completion}/messages', 'listCompletionMessages'),
  route('POST completions', 'completions'),
  route('POST embeddings', 'embeddings'),
  route('GET models', 'listModels'),
  route('GET models/{model…}', 'getModel'),
  route('DELETE models/{model…}', 'deleteModel'),
  route('POST files', 'uploadFile'),
  route('GET files', 'listFiles'),
  route('GET files/{file}', 'getFile'),
  route('GET files/{file}/content', 'getFileContent'),
  route('DELETE files/{file}', 'deleteFile'),
  route('POST responses', 'createResponse'),
  route('POST responses/input_tokens', 'countInputTokens'),
  route('POST responses/compact', 'compactResponse'),
  route('GET responses/{response}', 'getResponse'),
  route('DELETE responses/{response}', 'deleteResponse'),
  route('POST responses/{response}/cancel', 'cancelResponse'),
  route('GET responses/{response}/input_items', 'listInputItems'),
  route('POST batches', 'createBatch'),
  route('GET batches', 'listBatches'),
  route('GET batches/{batch}', 'getBatch'),
  route('POST batches/{batch}/cancel', 'cancelBatch'),
  route('POST conversations', 'createConversation'),
  route('GET conversations/{conversation}', 'getConversation'),
  route('POST conversations/{conversation}', 'updateConversation'),
  route('DELETE conversations/{conversation}', 'deleteConversation'),
  route('POST conversations/{conversation}/items', 'createConversationItems'),
  route('GET conversations/{conversation}/items', 'listConversationItems'),
  route('GET conversations/{conversation}/items/{item}', 'getConversationItem'),
  route('DELETE conversations/{conversation}/items/{item}', 'deleteConversationItem'),
];

/** Parts of the API that retake does not serve, with paths that end like those above: `/v1/vector_stores/{id}/files`. */
const unserved = new Set([
  'assistants',
  'containers',
  'evals',
  'fine_tuning',
  'organization',
  'realtime',
  'threads',
  'uploads',
  'vector_stores',
]);

/** Endpoints that Azure has below a deployment, and OpenAI had below an engine. */
const deployed = new Set(['chatCompletions', 'completions', 'embeddings', 'createResponse']);

/**
 * Finds the endpoint of a percent-encoded path without query. The part before it is the client's base URL: `/v1`,
 * nothing, `/v1beta/openai`, a gateway's prefix, Azure's `/openai/deployments/{deployment}`. Doubled slashes count as one.
 */
export function locate(method: string, path: string): Location | undefined {
  const segments = path.split('/').filter(segment => segment !== '');
  for (const {endpoint, ...candidate} of routes) {
    if (candidate.method !== method) continue;
    const start = startOf(candidate.path, segments);
    if (start === undefined) continue;
    const base = segments.slice(0, start);
    // `/completions` also ends `/chat/completions`, which has routes of its own.
    if (base.some(segment => unserved.has(segment)) || (base.at(-1) === 'chat' && start > 0))
      return undefined;
    const params = decodeAll({
      ...paramsOf(candidate.path, segments.slice(start)),
      ...(deployed.has(endpoint) && deploymentOf(base)),
    });
    return params && {endpoint, params};
  }
  return undefined;
}

/** The index in a path where a matching route starts. */
function startOf(pattern: readonly string[], segments: readonly string[]): number | undefined {
  const [first] = pattern;
  const takesRest = pattern.at(-1)?.includes('…') ?? false;
  const start = takesRest && first !== undefined ? segments.indexOf(first) : segments.length - pattern.length;
  if (start < 0 || start + pattern.length > segments.length) return undefined;
  const fits = pattern.every((name, index) => isParameter(name) || name === segments[start + index]);
  return fits ? start : undefined;
}

function paramsOf(pattern: readonly string[], segments: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pattern.flatMap((name, index) => {
      if (!isParameter(name)) return [];
      const rest = name.includes('…') ? segments.slice(index) : segments.slice(index, index + 1);
      return [[name.replace(/[{}]|\u2026/g, ''), rest.join('/')]];
    }),
  );
}

function isParameter(name: string): boolean {
  return name.startsWith('{');
}

function deploymentOf(base: readonly string[]): Record<string, string> {
  const deployment = base.at(-1);
  const isNamed = base.at(-2) === 'deployments' || base.at(-2) === 'engines';
  return isNamed && deployment !== undefined ? {deployment} : {};
}

function decodeAll(params: Readonly<Record<string, string>>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch {
    // Not percent-encoded UTF-8, so it matches nothing.
    return undefined;
  }
}
