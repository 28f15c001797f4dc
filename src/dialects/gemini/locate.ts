import type {Location} from '../dialect.js';
import {isNotServed, refusingEndpoint} from './not-served.js';

/**
 * Finds what a path means. SDKs put very different things before a resource's name: versions, none or two of them, a double slash, a
 * gateway's prefix, a Vertex AI project; all of that is passed over.
 */
export function locate(method: string, path: string): Location | undefined {
  const plain = decodePath(path);
  if (isNotServed(method, plain)) return {endpoint: refusingEndpoint(method), params: {}};
  const [, resource, asked] = modelMethod.exec(plain) ?? [];
  if (resource !== undefined && asked !== undefined) {
    const model = modelIn(resource);
    return method === 'POST' && model !== undefined ? {endpoint: asked, params: {model}} : undefined;
  }
  for (const {pattern, endpoints} of resources) {
    const match = pattern.exec(plain);
    if (!match) continue;
    const endpoint = endpoints[method];
    return endpoint === undefined ? undefined : {endpoint, params: paramsOf(match)};
  }
  return undefined;
}

const modelMethod =
  /^(.*):(generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents|predict)$/;

/** What stands at a path's end, by the most telling pattern first. */
const resources: readonly {
  readonly pattern: RegExp;
  readonly endpoints: Readonly<Record<string, string>>;
}[] = [
  {pattern: /(?:^|\/)upload\/(?:.*\/)?files$/, endpoints: {POST: 'uploadFile', PUT: 'continueUpload'}},
  {pattern: /(?:^|\/)files\/(?<file>[^/:]+):download$/, endpoints: {GET: 'downloadFile'}},
  {pattern: /(?:^|\/)files\/(?<file>[^/:]+)$/, endpoints: {GET: 'getFile', DELETE: 'deleteFile'}},
  {pattern: /(?:^|\/)files$/, endpoints: {GET: 'listFiles'}},
  {
    pattern: /(?:^|\/)(?<parent>projects\/[^/]+\/locations\/[^/]+\/)?cachedContents\/(?<cache>[^/:]+)$/,
    endpoints: {GET: 'getCache', PATCH: 'updateCache', DELETE: 'deleteCache'},
  },
  {
    pattern: /(?:^|\/)(?<parent>projects\/[^/]+\/locations\/[^/]+\/)?cachedContents$/,
    endpoints: {GET: 'listCaches', POST: 'createCache'},
  },
  {pattern: /(?:^|\/)publishers\/[^/]+\/models$/, endpoints: {GET: 'listPublisherModels'}},
  {pattern: /(?:^|\/)locations\/[^/]+\/models$/, endpoints: {GET: 'listProjectModels'}},
  {pattern: /(?:^|\/)models$/, endpoints: {GET: 'listModels'}},
  {pattern: /(?:^|\/)tunedModels$/, endpoints: {GET: 'listTunedModels'}},
  {
    pattern: /(?:^|\/)publishers\/[^/]+\/models\/(?<model>.+)$/,
    endpoints: {GET: 'getPublisherModel'},
  },
  {pattern: /^(?:.*\/)?models\/(?<model>.+)$/, endpoints: {GET: 'getModel'}},
  {pattern: /(?:^|\/)(?<model>tunedModels\/.+)$/, endpoints: {GET: 'getModel'}},
];

function paramsOf({groups = {}}: RegExpExecArray): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(groups).filter(([, value]) => value !== undefined));
}

/** Base models go by their bare name, under whichever publisher; other kinds of model keep their collection's name. */
function modelIn(resource: string): string | undefined {
  const [, model] = /^(?:.*\/)?models\/(.+)$/.exec(resource) ?? [];
  if (model !== undefined) return model;
  return /(?:^|\/)((?:tunedModels|dynamic|endpoints)\/.+)$/.exec(resource)?.[1];
}

/** The path with `%2F` and its like resolved; empty when it is no valid encoding, so that nothing is found there. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A stray `%` names no model.
    return '';
  }
}
