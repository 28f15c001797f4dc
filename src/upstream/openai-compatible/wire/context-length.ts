import {isJsonObject, type JsonValue} from '../../../chat/json.js';
import type {ContextLength} from '../../../errors.js';

/** A prompt that is too long for the model, as llama-server, llama-cpp-python, vLLM and OpenAI put it. */
const contextExceeded =
  /exceeds? (?:the )?(?:available )?context (?:size|window)|context_length_exceeded|maximum context length/i;

export function isContextExceeded(message: string): boolean {
  return contextExceeded.test(message);
}

/** The tokens of a prompt and those that the model takes, in the words of each server; undefined if it does not say both. */
export function contextLengthIn(body: JsonValue, message = ''): ContextLength | undefined {
  return memberLength(body) ?? lengthInText(message);
}

/** llama-server's own members. */
function memberLength(body: JsonValue): ContextLength | undefined {
  const error = isJsonObject(body) ? body['error'] : undefined;
  if (!isJsonObject(error)) return undefined;
  const {n_prompt_tokens: tokens, n_ctx: limit} = error;
  return typeof tokens === 'number' && typeof limit === 'number' ? {tokens, limit} : undefined;
}

const texts = [
  /\((?<tokens>\d+) tokens\) exceeds? .*\((?<limit>\d+) tokens\)/i,
  /tokens \((?<tokens>\d+)\) exceed context window of (?<limit>\d+)/i,
  /maximum context length is (?<limit>\d+) tokens.*?\b(?<tokens>\d+)/is,
];

function lengthInText(message: string): ContextLength | undefined {
  for (const text of texts) {
    const {tokens, limit} = text.exec(message)?.groups ?? {};
    if (tokens !== undefined && limit !== undefined) return {tokens: Number(tokens), limit: Number(limit)};
  }
  return undefined;
}
