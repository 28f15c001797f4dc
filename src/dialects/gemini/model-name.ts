import {invalidArguments} from './field-violations.js';

/**
 * Refuses the name of another provider's model: a name of the API's own is one segment, or names its collection first.
 * @throws RetakeError `invalid_request` in the words of the API
 */
export function checkModelName(model: string, request: string, field = 'model'): string {
  if (!model.includes('/') || /^(?:tunedModels|dynamic|endpoints)\/[^/]+$/.test(model)) return model;
  throw invalidArguments([{field, description: 'unexpected model name format'}], request);
}

/** Whether a path is one of Vertex AI, whose messages have a few fields more. */
export function isVertexPath(path: string): boolean {
  return /\/(?:projects|publishers)\//.test(path);
}
