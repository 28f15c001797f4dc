import type {Location} from '../dialect.js';

/**
 * Finds the endpoint of a percent-encoded path without query. The part before it is the client's base URL, which may contain
 * the version already: `/v1/v1/messages`. Doubled slashes count as one.
 */
export function locate(method: string, path: string): Location | undefined {
  const segments = path.split('/').filter(segment => segment !== '');
  const [last = '', previous = ''] = segments.toReversed();
  if (method === 'POST' && last === 'messages') return {endpoint: 'messages', params: {}};
  if (method === 'POST' && previous === 'messages' && last === 'count_tokens') {
    return {endpoint: 'countTokens', params: {}};
  }
  if (method === 'POST' && segments.includes('event_logging')) return {endpoint: 'logEvents', params: {}};
  const kept = locateFile(method, segments) ?? locateBatch(method, segments);
  if (kept) return kept;
  if (method !== 'GET') return undefined;
  if (previous === 'api' && last === 'hello') return {endpoint: 'hello', params: {}};
  if (last === 'models') return {endpoint: 'listModels', params: {}};
  const model = previous === 'models' ? decodeSegment(last) : undefined;
  return model === undefined ? undefined : {endpoint: 'getModel', params: {model}};
}

function locateFile(method: string, segments: readonly string[]): Location | undefined {
  const start = segments.indexOf('files');
  const [, id, content, ...rest] = start < 0 ? [] : segments.slice(start);
  if (start < 0 || rest.length > 0) return undefined;
  if (id === undefined) {
    const endpoint = {POST: 'uploadFile', GET: 'listFiles'}[method];
    return endpoint === undefined ? undefined : {endpoint, params: {}};
  }
  const file = decodeSegment(id);
  if (file === undefined) return undefined;
  if (content !== undefined) {
    return method === 'GET' && content === 'content'
      ? {endpoint: 'getFileContent', params: {file}}
      : undefined;
  }
  const endpoint = {GET: 'getFile', DELETE: 'deleteFile'}[method];
  return endpoint === undefined ? undefined : {endpoint, params: {file}};
}

function locateBatch(method: string, segments: readonly string[]): Location | undefined {
  const start = segments.indexOf('batches');
  if (start < 1 || segments[start - 1] !== 'messages') return undefined;
  const [, id, action, ...rest] = segments.slice(start);
  if (rest.length > 0) return undefined;
  const names =
    id === undefined
      ? {POST: 'createBatch', GET: 'listBatches'}
      : ({
          '': {GET: 'getBatch', DELETE: 'deleteBatch'},
          cancel: {POST: 'cancelBatch'},
          results: {GET: 'getBatchResults'},
        }[action ?? ''] ?? {});
  const endpoint = Object.entries(names).find(([name]) => name === method)?.[1];
  const batch = id === undefined ? '' : decodeSegment(id);
  return endpoint === undefined || batch === undefined ? undefined : {endpoint, params: {batch}};
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not percent-encoded UTF-8, so it matches nothing.
    return undefined;
  }
}
