import {isDeepStrictEqual} from 'node:util';
import {isJsonObject, type JsonObject, type JsonValue, parseJson, stringifyJson} from '../../../chat/json.js';
import {type CallFragment, fragmentsOf} from './call-fragments.js';
import {type Damaged, damagedEvent} from './damaged-event.js';
import {isEmpty, presentIn, textIn} from './members.js';
import {readContent, reasoningDetails, refuseOther} from './read-content.js';
import {unknownIn} from './unknown-members.js';

/**
 * An event of an answer in one form, whichever server sent it. The files of this folder are the only ones that know how servers differ from
 * OpenAI's chunks: null, absent, `""` and `"null"` are the same here, and everything that carries content is understood or an error.
 */
export type NormalChunk = {
  /** The whole event. */
  readonly event: JsonObject;
  /** The failure that the server reports instead of going on. */
  readonly error: JsonValue | undefined;
  readonly choices: readonly NormalChoice[];
  /** Token counts, wherever they stand. */
  readonly usage: JsonObject | undefined;
  /** Whether the event has only token counts, as llama-server sends them for each candidate. */
  readonly isUsageOnly: boolean;
  /** A member with content that has no known meaning. It matters only if nothing else of the answer was understood. */
  readonly unknown: string | undefined;
};

export type NormalChoice = {
  readonly candidate: number;
  /** Whether the content is a whole message so far, and not what is added to it. */
  readonly isMessage: boolean;
  readonly text: string;
  readonly refusal: string;
  readonly reasoning: string;
  readonly calls: readonly CallFragment[];
  /** As the server sent them. */
  readonly logprobs: JsonValue | undefined;
  /** The server's own word. */
  readonly finish: string | undefined;
  readonly stopReason: JsonValue | undefined;
};

/**
 * Normalizes the data of one event; undefined for an event without a value.
 * @throws RetakeError `upstream_failed` that shows the event, if it has content that is not understood
 */
export function normalizeChunk(data: string): NormalChunk | undefined {
  const event = parseEvent(data);
  return event && normalizeEvent(event, problem => damagedEvent(problem, data));
}

/** Normalizes an answer that is not streamed. @throws RetakeError as `normalizeChunk` */
export function normalizeBody(body: JsonValue): NormalChunk {
  const damaged = (problem: string) => damagedEvent(problem, stringifyJson(body));
  if (!isJsonObject(body)) throw damaged('it is not an object');
  return normalizeEvent(body, damaged);
}

function normalizeEvent(event: JsonObject, damaged: Damaged): NormalChunk {
  const given = presentIn(event, 'choices') ?? [];
  if (!Array.isArray(given)) throw damaged('its choices are not a list');
  const choices = given.flatMap((choice: JsonValue, position) =>
    choice === null ? [] : normalizeChoice(choice, position, damaged),
  );
  let error = errorIn(event);
  for (const choice of given) error ??= errorIn(choice);
  let usage = usageIn(event);
  for (const choice of given.toReversed()) usage ??= usageIn(choice);
  return {event, error, choices, usage, isUsageOnly: given.length === 0, unknown: unknownIn(event, given)};
}

/** The data of an event as an object; undefined if it is null or empty. @throws RetakeError `upstream_failed` */
export function parseEvent(data: string): JsonObject | undefined {
  if (data.trim() === '') return undefined;
  let event: JsonValue;
  try {
    event = parseJson(data, {allowsLoneSurrogates: true});
  } catch (cause) {
    throw damagedEvent('it is not valid JSON', data, cause);
  }
  if (event === null) return undefined;
  if (!isJsonObject(event)) throw damagedEvent('it is not an object', data);
  return event;
}

/** What a choice adds, and then its whole message if it has one that says more. */
function normalizeChoice(choice: JsonValue, position: number, damaged: Damaged): readonly NormalChoice[] {
  if (!isJsonObject(choice)) throw damaged('a choice is not an object');
  const index = Number(presentIn(choice, 'index') ?? position);
  if (!Number.isInteger(index) || index < 0) throw damaged('a choice has no index');
  const delta = contentIn(choice, 'delta', damaged);
  const message = contentIn(choice, 'message', damaged);
  const finish = presentIn(choice, 'finish_reason');
  if (finish !== undefined && typeof finish !== 'string') throw damaged('its finish reason is not text');
  const isMessage = message !== undefined && !hasContent(delta);
  const common = {candidate: index, finish, stopReason: choice['stop_reason']};
  const first = {
    ...common,
    ...readSpoken((isMessage ? message : delta) ?? {}, textIn(choice, ['text'], damaged), damaged),
    isMessage,
    logprobs: choice['logprobs'],
  };
  if (isMessage || message === undefined || isRepeated(message, delta ?? {})) return [first];
  const whole = {...common, ...readSpoken(message, '', damaged), isMessage: true, logprobs: undefined};
  return [{...first, finish: undefined}, whole];
}

/** Whether a message has nothing that the delta beside it does not have. */
function isRepeated(message: JsonObject, delta: JsonObject): boolean {
  return Object.entries(message).every(
    ([name, value]) => name === 'role' || isEmpty(value) || isDeepStrictEqual(value, delta[name]),
  );
}

function errorIn(holder: JsonValue): JsonValue | undefined {
  if (!isJsonObject(holder)) return undefined;
  const error = presentIn(holder, 'error');
  if (error !== undefined) return error;
  return holder['object'] === 'error' ? holder : undefined;
}

function usageIn(holder: JsonValue): JsonObject | undefined {
  if (!isJsonObject(holder)) return undefined;
  const groq = holder['x_groq'];
  const usage = holder['usage'] ?? (isJsonObject(groq) ? groq['usage'] : undefined);
  return isJsonObject(usage) ? usage : undefined;
}

function contentIn(choice: JsonObject, name: 'delta' | 'message', damaged: Damaged): JsonObject | undefined {
  const value = presentIn(choice, name);
  if (value === undefined || isJsonObject(value)) return value;
  throw damaged(`its ${name} is not an object`);
}

function hasContent(delta: JsonObject | undefined): boolean {
  return delta !== undefined && Object.keys(delta).some(name => name !== 'role' && !isEmpty(delta[name]));
}

type Spoken = Pick<NormalChoice, 'text' | 'refusal' | 'reasoning' | 'calls'>;

function readSpoken(content: JsonObject, plain: string, damaged: Damaged): Spoken {
  refuseOther(content, damaged);
  const body = readContent(content['content'], damaged);
  if (plain !== '' && body.text !== '' && plain !== body.text)
    throw damaged('its text differs from its content');
  return {
    text: body.text || plain,
    refusal: textIn(content, ['refusal'], damaged) || body.refusal,
    reasoning:
      textIn(content, ['reasoning_content', 'reasoning', 'thinking'], damaged) ||
      body.reasoning ||
      reasoningDetails(content),
    calls: fragmentsOf(content, damaged),
  };
}
