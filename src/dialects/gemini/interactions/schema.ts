import type {Static} from '@sinclair/typebox';
import {
  bool,
  enumeration,
  float,
  ignored,
  int32,
  map,
  message,
  refused,
  repeated,
  string,
  value,
} from '../proto-types.js';

/** https://ai.google.dev/api/interactions-api; the types of @google/genai have the same fields. */
const InteractionConfig = message('InteractionGenerationConfig', {
  temperature: float(),
  topP: float(),
  seed: int32(),
  maxOutputTokens: int32(),
  stopSequences: repeated(string()),
  thinkingLevel: string(),
  thinkingSummaries: string(),
  toolChoice: value(),
  imageConfig: refused(),
  speechConfig: refused(),
  videoConfig: refused(),
  transcriptionConfig: refused(),
});
export type InteractionConfig = Static<typeof InteractionConfig>;

export const CreateInteraction = message('CreateInteraction', {
  model: string(),
  input: value(),
  systemInstruction: string(),
  generationConfig: InteractionConfig,
  tools: repeated(value()),
  responseFormat: value(),
  responseMimeType: string(),
  responseModalities: refused(
    repeated(enumeration('ResponseModality', ['UNSPECIFIED', 'TEXT', 'IMAGE', 'AUDIO', 'VIDEO', 'DOCUMENT'])),
    {allowed: ['TEXT']},
  ),
  previousInteractionId: string(),
  cachedContent: string(),
  store: bool(),
  stream: bool(),
  // Every interaction is complete when it is returned.
  background: ignored(bool()),
  safetySettings: ignored(value()),
  serviceTier: ignored(string()),
  labels: ignored(map(string())),
  agent: refused(),
  agentConfig: refused(),
  environment: refused(),
  webhookConfig: refused(),
  continuationToken: refused(),
});
export type CreateInteraction = Static<typeof CreateInteraction>;
