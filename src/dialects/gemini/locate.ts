import type {Location} from '../dialect.js';
import {isNotServed, refusingEndpoint} from './not-served.js';

/**
 * Finds the endpoint of a path. SDKs put different things before the name of a resource: no version or two, a double slash, the prefix of
 * a gateway, a Vertex AI project. All of that is skipped.
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

/** The endpoints by the end of their paths, the most specific pattern first. */
const resources: readonly {
  readonly pattern: RegExp;
  readonly endpoints: Readonly<Record<string, string>>;
}[] = [
  {pattern: /(?:^|\/)upload\/(?:.*\/)?files$/, endpoints: {POST: 'uploadFile', PUT: 'continueUpload'}},
  {pattern: /(?:^|\/)files\/(?<file>[^/:]+):download$/, endpoints: {GET: 'downloadFile'}},
  {pattern: /(?:^|\/)files\/(?<file>[^/:]+)$/, endpoints: {GET: 'getFile', DELETE: 'deleteFile'}},
  {pattern: /(?:^|\/)files$/, endpoints: {GET: 'listFiles'}},
  {pattern: /(?:^|\/)models\/(?<model>.+):batchGenerateContent$/, endpoints: {POST: 'createBatch'}},
  {
    pattern: /(?:^|\/)models\/(?<model>.+):asyncBatchEmbedContent$/,
    endpoints: {POST: 'createEmbeddingBatch'},
  },
  {pattern: /(?:^|\/)batches\/(?<batch>[^/:]+):cancel$/, endpoints: {POST: 'cancelBatch'}},
  {pattern: /(?:^|\/)batches\/(?<batch>[^/:]+)$/, endpoints: {GET: 'getBatch', DELETE: 'deleteBatch'}},
  {pattern: /(?:^|\/)batches$/, endpoints: {GET: 'listBatches'}},
  {
    pattern: /(?:^|\/)(?<parent>projects\/[^/]+\/locations\/[^/]+\/)?cachedContents\/(?<cache>[^/:]+)$/,
    endpoints: {GET: 'getCache', PATCH: 'updateCache', DELETE: 'deleteCache'},
  },
  {
    pattern: /(?:^|\/)(?<parent>projects\/[^/]+\/locations\/[^/]+\/)?cachedContents$/,
    endpoints: {GET: 'listCaches', POST: 'createCache'},
  },
  {
    pattern: /(?:^|\/)interactions\/(?<interaction>[^/:]+)$/,
    endpoints: {GET: 'getInteraction', DELETE: 'deleteInteraction'},
  },
  {pattern: /(?:^|\/)interactions\/(?<interaction>[^/:]+)\/cancel$/, endpoints: {POST: 'cancelInteraction'}},
  {pattern: /(?:^|\/)interactions$/, endpoints: {POST: 'createInteraction'}},
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

/** Base models are known by their bare name, whatever the publisher; other kinds of models keep the name of their collection. */
function modelIn(resource: string): string | undefined {
  const [, model] = /^(?:.*\/)?models\/(.+)$/.exec(resource) ?? [];
  if (model !== undefined) return model;
  return /(?:^|\/)((?:tunedModels|dynamic|endpoints)\/.+)$/.exec(resource)?.[1];
}

/** The percent-decoded path; empty if the encoding is invalid, so that nothing matches. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A stray `%` is not part of a model name.
    return '';
  }
}
