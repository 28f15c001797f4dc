import type {Writable} from '../../../chat/json-text.js';
import type {ListedModel} from './model-list.js';

/** https://ai.google.dev/api/models#Model */
export function encodeModel(model: ListedModel): Writable {
  const {name, displayName, description, inputTokenLimit, outputTokenLimit, embeds} = model;
  return {
    name: isCollected(name) ? name : `models/${name}`,
    version: '001',
    displayName,
    description,
    inputTokenLimit,
    outputTokenLimit,
    supportedGenerationMethods: embeds
      ? ['embedContent', 'batchEmbedContents', 'countTokens']
      : ['generateContent', 'streamGenerateContent', 'countTokens', 'createCachedContent'],
    ...(!embeds && {temperature: 1, topP: 0.95, topK: 64, maxTemperature: 2, thinking: false}),
  };
}

/** Vertex AI's `PublisherModel`. */
export function encodePublisherModel({name}: ListedModel): Writable {
  return {
    name: isCollected(name) ? name : `publishers/google/models/${name}`,
    versionId: 'default',
    launchStage: 'GA',
  };
}

/** Whether a name shows the kind of its model. */
function isCollected(name: string): boolean {
  return /^(?:tunedModels|dynamic|endpoints)\//.test(name);
}
