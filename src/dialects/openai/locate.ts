import type {Location} from '../dialect.js';

/**
 * Finds the endpoint of a path, percent-encoded and without its query. Whatever stands before it is the client's base URL: `/v1`,
 * nothing, `/v1beta/openai`, a gateway's prefix, Azure's `/openai/deployments/{deployment}`. Doubled slashes count as one.
 */
export function locate(method: string, path: string): Location | undefined {
  if (method !== 'POST') return undefined;
  const segments = path.split('/').filter(segment => segment !== '');
  if (segments.at(-2) !== 'chat' || segments.at(-1) !== 'completions') return undefined;
  if (segments.at(-4) !== 'deployments') return {endpoint: 'chatCompletions', params: {}};
  const deployment = decodeSegment(segments.at(-3) ?? '');
  return deployment === undefined ? undefined : {endpoint: 'chatCompletions', params: {deployment}};
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not percent-encoded UTF-8, so it names nothing.
    return undefined;
  }
}
