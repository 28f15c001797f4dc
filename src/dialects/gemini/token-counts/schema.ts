import type {Static} from '@sinclair/typebox';
import {
  Content,
  GenerateContentRequest,
  GenerationConfig,
  Tool,
  ToolConfig,
} from '../generate-content/schema.js';
import {ignored, message, refused, repeated, string} from '../proto-types.js';

/** The Developer API's request, with the fields beside `contents` that Vertex AI has. */
export const CountTokensRequest = message('CountTokensRequest', {
  contents: repeated(Content),
  generateContentRequest: GenerateContentRequest,
  systemInstruction: Content,
  tools: repeated(Tool),
  toolConfig: ToolConfig,
  generationConfig: GenerationConfig,
  model: ignored(string()),
  // The prompts of models that Vertex AI no longer serves.
  instances: refused(),
});
export type CountTokensRequest = Static<typeof CountTokensRequest>;
