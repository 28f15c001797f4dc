import type {Location} from '../dialect.js';

/**
 * Finds the method that a path ends in. SDKs put very different things before the model's name: versions, none or two of them, a
 * double slash, a gateway's prefix, a Vertex AI project; all of that is passed over.
 */
export function locate(method: string, path: string): Location | undefined {
  if (method !== 'POST') return undefined;
  const [, resource, endpoint] =
    /^(.*):(generateContent|streamGenerateContent)$/.exec(decodePath(path)) ?? [];
  const model = resource === undefined ? undefined : modelIn(resource);
  if (endpoint === undefined || model === undefined) return undefined;
  return {endpoint, params: {model}};
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
