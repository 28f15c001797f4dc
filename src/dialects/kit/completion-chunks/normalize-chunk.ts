import {isDeepStrictEqual} from 'node:util';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  listOf,
  parseJson,
  stringifyJson,
} from '../../../chat/json.js';
import {RetakeError} from '../../../errors.js';

/**
 * An event of an answer in one form, whichever server sent it. This is the only place that knows the ways in which servers differ from
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

/** A piece of a call: a name, an id and a place where the server sends them, and a piece of the arguments' JSON text or of the input. */
export type CallFragment = {
  readonly place: number | undefined;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly text: string;
  /** Whether it calls a custom tool, whose input is text instead of JSON. */
  readonly isCustom: boolean;
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

const shownLength = 400;

/** The error for an event that is not understood. It shows the event. */
export function damagedEvent(problem: string, data: string, cause?: unknown): RetakeError {
  const beginning = data.length <= shownLength ? data : `${data.slice(0, shownLength)}…`;
  return new RetakeError(
    'upstream_failed',
    `Expected a chunk of a completion from the upstream, but ${problem}: ${beginning}`,
    {cause},
  );
}

type Damaged = (problem: string) => RetakeError;

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

/** A member, unless it is null, `""` or `"null"`, which mean the same as its absence. */
function presentIn(object: JsonObject, name: string): JsonValue | undefined {
  const {[name]: value = null} = object;
  return value === null || value === '' || value === 'null' ? undefined : value;
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

function isEmpty(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Content of a kind that takes cannot hold: it must not be lost. */
const otherContent = ['audio', 'images', 'image', 'video'];

function refuseOther(content: JsonObject, damaged: Damaged): void {
  const found = otherContent.find(name => !isEmpty(content[name]));
  if (found !== undefined) throw damaged(`it has ${found}, which retake cannot record`);
}

/** The first of the members that has text. */
function textIn(object: JsonObject, names: readonly string[], damaged: Damaged): string {
  for (const name of names) {
    const {[name]: value = null} = object;
    if (value === null || value === '') continue;
    if (typeof value !== 'string') throw damaged(`its ${name} is not text`);
    return value;
  }
  return '';
}

type ReadContent = {readonly text: string; readonly refusal: string; readonly reasoning: string};

const nothing: ReadContent = {text: '', refusal: '', reasoning: ''};

/** Text, one part or a list of parts. */
function readContent(value: JsonValue | undefined, damaged: Damaged): ReadContent {
  if (value === undefined || value === null) return nothing;
  if (typeof value === 'string') return {...nothing, text: value};
  if (typeof value !== 'object') throw damaged('its content is not text');
  const parts = (Array.isArray(value) ? value : [value]).map(part => readPart(part, damaged));
  return {
    text: parts.map(({text}) => text).join(''),
    refusal: parts.map(({refusal}) => refusal).join(''),
    reasoning: parts.map(({reasoning}) => reasoning).join(''),
  };
}

function readPart(part: JsonValue, damaged: Damaged): ReadContent {
  if (part === null) return nothing;
  if (typeof part === 'string') return {...nothing, text: part};
  if (!isJsonObject(part)) throw damaged('a part of its content is not an object');
  switch (part['type'] ?? 'text') {
    case 'text':
    case 'output_text':
      return {...nothing, text: textIn(part, ['text'], damaged)};
    case 'refusal':
      return {...nothing, refusal: textIn(part, ['refusal'], damaged)};
    case 'thinking':
    case 'reasoning': {
      const inner = readContent(part['thinking'] ?? part['reasoning'] ?? part['text'], damaged);
      return {...nothing, reasoning: inner.text + inner.reasoning};
    }
    // Where Mistral's text comes from: it says nothing by itself.
    case 'reference':
      return nothing;
    default:
      throw damaged(`a part of its content is of the type ${JSON.stringify(part['type'])}`);
  }
}

/** OpenRouter repeats its reasoning here; some models have it only here. */
function reasoningDetails({reasoning_details: details}: JsonObject): string {
  if (details === undefined) return '';
  return listOf(details)
    .map(detail => (isJsonObject(detail) && typeof detail['text'] === 'string' ? detail['text'] : ''))
    .join('');
}

/** `function_call` is the older field for a single call. */
function fragmentsOf(content: JsonObject, damaged: Damaged): readonly CallFragment[] {
  const calls = presentIn(content, 'tool_calls');
  const single = presentIn(content, 'function_call');
  if (calls === undefined && single === undefined) return [];
  const list = calls === undefined ? [] : Array.isArray(calls) ? calls : [calls];
  const fragments = list.length > 0 || single === undefined ? list : [{function: single}];
  return fragments.flatMap((fragment: JsonValue) =>
    fragment === null ? [] : [readFragment(fragment, damaged)],
  );
}

function readFragment(fragment: JsonValue, damaged: Damaged): CallFragment {
  if (!isJsonObject(fragment)) throw damaged('a call is not an object');
  const custom = presentIn(fragment, 'custom');
  const called = custom ?? presentIn(fragment, 'function') ?? fragment;
  if (!isJsonObject(called)) throw damaged('the function of a call is not an object');
  const expected = custom === undefined ? 'function' : 'custom';
  const kind = presentIn(fragment, 'type') ?? expected;
  if (kind !== expected) throw damaged(`a call is of the type ${stringifyJson(kind)}`);
  const place = presentIn(fragment, 'index');
  if (place !== undefined && !Number.isInteger(Number(place))) throw damaged('a call has no index');
  const id = presentIn(fragment, 'id');
  const name = presentIn(called, 'name');
  if (name !== undefined && typeof name !== 'string') throw damaged("a call's name is not text");
  return {
    place: place === undefined ? undefined : Number(place),
    id: id === undefined ? undefined : String(id),
    name: name?.toWellFormed(),
    text: custom === undefined ? argumentsIn(called) : textIn(called, ['input'], damaged),
    isCustom: custom !== undefined,
  };
}

function argumentsIn({arguments: given = null}: JsonObject): string {
  if (given === null) return '';
  return typeof given === 'string' ? given : stringifyJson(given);
}

/** Members that say nothing of the answer's content. */
const knownMembers = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'error',
  'delta',
  'message',
  'index',
  'finish_reason',
  'native_finish_reason',
  'stop_reason',
  'logprobs',
  'role',
  'name',
  'content',
  'refusal',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  'thinking',
  'tool_calls',
  'function_call',
  'text',
  'system_fingerprint',
  'service_tier',
  'provider',
  'provider_specific_fields',
  'content_filter_results',
  'content_filter_offsets',
  'prompt_filter_results',
  'timings',
  'prompt_progress',
  'token_ids',
  'prompt_token_ids',
  'annotations',
  'citations',
  'obfuscation',
  'matched_stop',
  'x_groq',
]);

/** The first member of unknown meaning that has text or more. Beside choices there are only facts about the answer. */
function unknownIn(event: JsonObject, choices: readonly JsonValue[]): string | undefined {
  if (event['choices'] === undefined) return unknownMember(event);
  let found: string | undefined;
  for (const choice of choices) found ??= unknownMember(choice);
  for (const choice of choices) {
    if (isJsonObject(choice)) found ??= unknownMember(choice['delta']) ?? unknownMember(choice['message']);
  }
  return found;
}

function unknownMember(holder: JsonValue | undefined): string | undefined {
  if (holder === undefined || !isJsonObject(holder)) return undefined;
  for (const name of Object.keys(holder))
    if (!knownMembers.has(name) && mayBeContent(holder[name])) return name;
  return undefined;
}

function mayBeContent(value: JsonValue | undefined): boolean {
  return (typeof value === 'string' || typeof value === 'object') && !isEmpty(value);
}
