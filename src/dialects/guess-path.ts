import {isJsonObject, type JsonObject, type JsonValue, listOf} from '../chat/json.js';
import type {DialectName} from './dialect.js';

/** The path to which a body would be sent, as far as the body tells; undefined when it is of no API that is known. */
export function guessPath(body: JsonValue, dialect?: DialectName): string | undefined {
  if (!isJsonObject(body)) return undefined;
  switch (dialect ?? guessDialect(body)) {
    case 'gemini':
      return geminiPath(body);
    case 'anthropic':
      return '/v1/messages';
    case 'openai':
      return openaiPath(body);
    case undefined:
      return undefined;
  }
}

function guessDialect(body: JsonObject): DialectName | undefined {
  if (['contents', 'content', 'requests', 'generateContentRequest'].some(name => name in body))
    return 'gemini';
  if (['system', 'stop_sequences', 'anthropic_version'].some(name => name in body)) return 'anthropic';
  if (listOf(body['tools']).some(tool => isJsonObject(tool) && 'input_schema' in tool)) return 'anthropic';
  return ['messages', 'input', 'prompt'].some(name => name in body) ? 'openai' : undefined;
}

function geminiPath(body: JsonObject): string {
  const {model} = body;
  const name = typeof model === 'string' ? model.replace(/^models\//, '') : 'gemini-2.5-flash';
  const method =
    'requests' in body ? 'batchEmbedContents' : 'content' in body ? 'embedContent' : 'generateContent';
  return `/v1beta/models/${encodeURIComponent(name)}:${method}`;
}

function openaiPath(body: JsonObject): string {
  if ('messages' in body) return '/v1/chat/completions';
  if ('prompt' in body) return '/v1/completions';
  const {model} = body;
  return typeof model === 'string' && model.includes('embed') ? '/v1/embeddings' : '/v1/responses';
}
