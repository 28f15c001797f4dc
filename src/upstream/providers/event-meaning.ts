import {isJsonObject, type JsonObject, type JsonValue, parseJson} from '../../chat/json.js';
import type {StreamEvent} from './stream-events.js';

/** What an event means for the end of its stream, whatever else it says. */
export type EventMeaning = {
  /** The provider reports a failure. */
  readonly isError: boolean;
  /** A client takes the answer for complete after it. */
  readonly isEnd: boolean;
  /** The stream belongs to a kind that ends with such an event: without it, it was cut. */
  readonly needsEnd: boolean;
};

const nothing: EventMeaning = {isError: false, isEnd: false, needsEnd: false};

export function meaningOf({event, data}: StreamEvent): EventMeaning {
  if (data.trim() === '[DONE]') return {...nothing, isEnd: true};
  const value = parsed(data);
  if (!isJsonObject(value)) return {...nothing, isError: event === 'error'};
  const {type} = value;
  const kind = typeof type === 'string' ? type : event;
  return {
    isError: event === 'error' || kind === 'error' || kind === 'response.failed' || hasError(value),
    isEnd: endTypes.has(String(kind)),
    needsEnd: startTypes.has(String(kind)) || value['object'] === 'chat.completion.chunk',
  };
}

/** An error in place of an answer. `"error": null` is none. */
export function hasError({error}: JsonObject): boolean {
  return isJsonObject(error) || (typeof error === 'string' && error !== '');
}

/** Whether Gemini's event says why a candidate ended. */
export function finishesCandidate({data}: StreamEvent): boolean {
  const value = parsed(data);
  const candidates = isJsonObject(value) ? value['candidates'] : undefined;
  return (
    Array.isArray(candidates) &&
    candidates.some(candidate => isJsonObject(candidate) && typeof candidate['finishReason'] === 'string')
  );
}

/** Whether it is an event of Gemini's answers to a prompt. */
export function hasCandidates({data}: StreamEvent): boolean {
  const value = parsed(data);
  return isJsonObject(value) && Array.isArray(value['candidates']);
}

const endTypes = new Set(['message_stop', 'response.completed', 'response.incomplete']);
const startTypes = new Set(['message_start', 'response.created']);

function parsed(data: string): JsonValue | undefined {
  try {
    return parseJson(data);
  } catch {
    // Not every stream has JSON in its events.
    return undefined;
  }
}
