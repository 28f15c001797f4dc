import {RetakeError} from '../../../errors.js';
import type {GenerateContentRequest} from '../generate-content/schema.js';
import type {Cache, CachedPrompt} from './cache.js';

/**
 * Puts the content of a cache in front of a request.
 * @throws RetakeError `invalid_request` if the request repeats fields of the cache, or is for another model.
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

/** A model name without its collection, publisher and project. */
export function bareName(model: string): string {
  return model.replace(/^(?:.*\/)?models\//, '');
}
