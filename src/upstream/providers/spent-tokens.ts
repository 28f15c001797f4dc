import {isJsonObject, type JsonObject, type JsonValue, parseJson} from '../../chat/json.js';
import type {SpentTokens} from '../upstream.js';
import type {StreamEvent} from './stream-events.js';

/** Counts the tokens that an answer says it took, for one that is kept in its bytes only. */
export type TokenReader = {
  read(value: JsonValue | undefined): void;
  readEvent(event: StreamEvent): void;
  /** Undefined if the answer does not say. */
  spent(): SpentTokens | undefined;
};

/** `modelName` gives the name if the answer does not. */
export function createTokenReader(modelName: () => string): TokenReader {
  let model: string | undefined;
  let inputTokens = 0;
  let outputTokens = 0;
  const read = (value: JsonValue | undefined) => {
    if (!isJsonObject(value)) return;
    // Streams have the answer, or its beginning, in a member of an event.
    for (const part of [value, value['message'], value['response']]) {
      if (!isJsonObject(part)) continue;
      const named = part['model'] ?? part['modelVersion'];
      if (typeof named === 'string') model = named;
      // The counts of a stream grow: its last event has all of them.
      inputTokens = Math.max(inputTokens, count(part, inputMembers));
      outputTokens = Math.max(outputTokens, count(part, outputMembers));
    }
  };
  return {
    read,
    readEvent({data}) {
      if (data.includes('"usage')) read(parsed(data));
    },
    spent: () =>
      inputTokens + outputTokens === 0 ? undefined : {model: model ?? modelName(), inputTokens, outputTokens},
  };
}

const inputMembers = [
  'prompt_tokens',
  'input_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'promptTokenCount',
  'toolUsePromptTokenCount',
];
const outputMembers = ['completion_tokens', 'output_tokens', 'candidatesTokenCount', 'thoughtsTokenCount'];

/** The sum of these members of `usage`, or of Gemini's `usageMetadata`. */
function count(part: JsonObject, members: readonly string[]): number {
  const usage = part['usage'] ?? part['usageMetadata'];
  if (!isJsonObject(usage)) return 0;
  return members.reduce((sum, name) => {
    const tokens = Number(usage[name] ?? 0);
    return Number.isSafeInteger(tokens) && tokens > 0 ? sum + tokens : sum;
  }, 0);
}

function parsed(data: string): JsonValue | undefined {
  try {
    return parseJson(data);
  } catch {
    // `[DONE]`, or an event that is no JSON, counts nothing.
    return undefined;
  }
}
