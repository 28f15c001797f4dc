import {RetakeError} from '../../../errors.js';
import type {GenerateContentRequest} from '../generate-content/schema.js';
import type {Cache, CachedPrompt} from './cache.js';

/**
 * What a cache puts in front of a request.
 * @throws RetakeError `invalid_request` when the request gives again what the cache has, or is for another model.
 */
export function cachedPrompt(
  {model, prompt}: Cache,
  {systemInstruction, tools = [], toolConfig = {}}: GenerateContentRequest,
  modelName: string,
): CachedPrompt {
  if (bareName(model) !== bareName(modelName)) {
    throw new RetakeError(
      'invalid_request',
      `Model used by GenerateContent request (models/${bareName(modelName)}) and CachedContent (models/${bareName(model)}) has to be the same.`,
      {field: 'cached_content'},
    );
  }
  if (systemInstruction !== undefined || tools.length > 0 || Object.keys(toolConfig).length > 0) {
    throw new RetakeError(
      'invalid_request',
      'CachedContent can not be used with GenerateContent request setting system_instruction, tools or tool_config.\n\nProposed fix: move those values to CachedContent from GenerateContent request.',
      {field: 'cached_content'},
    );
  }
  return prompt;
}

/** A model's name without the collection, publisher and project that it may stand under. */
export function bareName(model: string): string {
  return model.replace(/^(?:.*\/)?models\//, '');
}
