import type {AnswerChunk, FinishReason, Usage} from '../../chat/chunk.js';
import {isJsonObject} from '../../chat/json.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import {listOf, memberOf, textOf} from './parse-document.js';
import type {ForeignFormat, Found} from './recorded-exchange.js';

/**
 * Fixtures of aimock. They have no requests but patterns: a fixture answers every request whose last message contains its text. Only one request
 * is certain, which is nothing but that text; the fixture becomes its answer unless aimock would give another one.
 */
export const aimock: ForeignFormat = {
  name: 'aimock',
  fits: content => Array.isArray(memberOf(content, 'fixtures')),
  *read({content}) {
    const fixtures = listOf(memberOf(content, 'fixtures'));
    const hasModels = fixtures.some(fixture => textOf(matcherOf(fixture, 'model')) !== undefined);
    for (const [index, fixture] of fixtures.entries())
      yield readFixture(fixture, {index, earlier: fixtures.slice(0, index), hasModels});
  },
};

type Neighbours = {
  readonly index: number;
  readonly earlier: readonly unknown[];
  /** Whether some fixture of the file is for one model only. */
  readonly hasModels: boolean;
};

function readFixture(fixture: unknown, {index, earlier, hasModels}: Neighbours): Found {
  const place = `fixture ${index + 1}`;
  const what = describe(memberOf(fixture, 'match'));
  const leftOut = (reason: string): Found => ({kind: 'left-out', place, what, reason});
  const problem = problemOfMatch(fixture) ?? problemOfOrder(fixture, earlier);
  if (problem !== undefined) return leftOut(problem);
  const model = textOf(matcherOf(fixture, 'model'));
  if (hasModels && model === undefined) {
    return leftOut('it answers any model, and other fixtures of the file one model only: name its model');
  }
  const response = memberOf(fixture, 'response');
  const answer = answerOf(response);
  if (typeof answer === 'string') return leftOut(answer);
  return {
    kind: 'written',
    place,
    what,
    path: '/v1/chat/completions',
    body: {
      model: model ?? 'any',
      messages: [{role: 'user', content: textOf(matcherOf(fixture, 'userMessage')) ?? ''}],
    },
    namesModel: model !== undefined,
    chunks: answer,
    notes: notesOn(fixture, response),
  };
}

function matcherOf(fixture: unknown, name: string): unknown {
  return memberOf(memberOf(fixture, 'match'), name) ?? undefined;
}

function describe(match: unknown): string {
  const text = JSON.stringify(match) ?? 'no match';
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

/** What such a matcher is about. */
const partialMatchers: Readonly<Record<string, string>> = {
  systemMessage: 'the system prompt is',
  toolCallId: 'the earlier turns are',
  toolResultContains: 'the earlier turns are',
  toolName: 'the tools are',
  inputText: 'the rest of the request for embeddings is',
  responseFormat: 'the schema is',
  context: 'what the context changes is',
};

/** Why the match does not stand for one request. */
function problemOfMatch(fixture: unknown): string | undefined {
  const match = memberOf(fixture, 'match');
  if (!isJsonObject(match)) return 'it has no match';
  const {userMessage, model, endpoint = 'chat', turnIndex = 0, hasToolResult = false} = match;
  if (endpoint !== 'chat') return `it is for the endpoint ${JSON.stringify(endpoint)}, not for a chat`;
  const partial = Object.keys(partialMatchers).find(name => (match[name] ?? undefined) !== undefined);
  if (partial !== undefined)
    return `it matches by \`${partial}\`, and ${partialMatchers[partial]} not in the file`;
  if (turnIndex !== 0 || hasToolResult !== false) {
    return 'it is for a later turn of a conversation, and the earlier turns are not in the file';
  }
  if (typeof userMessage !== 'string' || userMessage === '') {
    return 'it does not match by a text of the user: no request is known that it answers';
  }
  return model === undefined || typeof model === 'string' ? undefined : 'its model is no text';
}

/** Why aimock would not get to this fixture for the request. */
function problemOfOrder(fixture: unknown, earlier: readonly unknown[]): string | undefined {
  const own = sequenceOf(fixture);
  const before = earlier.filter(other => sequenceOf(other) === own);
  const other = earlier.findIndex(
    candidate => sequenceOf(candidate) !== own && answersToo(candidate, fixture),
  );
  if (other >= 0) return `aimock answers the same text with fixture ${other + 1}, which comes first`;
  const position = matcherOf(fixture, 'sequenceIndex');
  if (before.some(candidate => matcherOf(candidate, 'sequenceIndex') === undefined)) {
    return 'a fixture before it has the same match, so aimock never gets to it';
  }
  if (position === undefined || position === before.length) return undefined;
  return `its \`sequenceIndex\` is ${JSON.stringify(position)}, and the fixtures before it do not lead up to that`;
}

/** The match without its position: fixtures with the same one are the answers to one request in turn. */
function sequenceOf(fixture: unknown): string {
  const match = memberOf(fixture, 'match');
  const {sequenceIndex: _position, ...rest} = isJsonObject(match) ? match : {};
  return JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a fixture matches the request of another one: a user's text alone. */
function answersToo(candidate: unknown, fixture: unknown): boolean {
  const match = memberOf(candidate, 'match');
  if (!isJsonObject(match)) return false;
  const {userMessage, model, endpoint = 'chat', hasToolResult = false} = match;
  if (endpoint !== 'chat' || hasToolResult === true) return false;
  if (Object.keys(partialMatchers).some(name => (match[name] ?? undefined) !== undefined)) return false;
  const text = textOf(matcherOf(fixture, 'userMessage')) ?? '';
  const asked = textOf(matcherOf(fixture, 'model'));
  const isModel = model === undefined || asked === undefined || asked.startsWith(String(model));
  return isModel && (userMessage === undefined || text.includes(String(userMessage)));
}

/** The answer, or why it has no place in a recording. */
function answerOf(response: unknown): readonly AnswerChunk[] | string {
  if (!isJsonObject(response)) return 'it has no response';
  if ('error' in response) {
    return 'it answers with an error, and errors are not recorded: see docs/faults.md';
  }
  if ('toolCalls' in response || 'blocks' in response) {
    return 'it answers with tool calls, and the tools of the request are not in the file';
  }
  const {content} = response;
  const text = isJsonObject(content) || Array.isArray(content) ? JSON.stringify(content) : content;
  if (typeof text !== 'string')
    return `it answers with ${Object.keys(response).join(', ')}, and not with a text`;
  const reasoning = textOf(response['reasoning']) ?? '';
  const finish = finishOf(response['finishReason']);
  if (!finish)
    return `its \`finishReason\` is ${JSON.stringify(response['finishReason'])}, which no text ends with`;
  return [
    {type: 'reply-start', answeredBy: {model: textOf(response['model']) ?? 'aimock fixture'}},
    ...(reasoning === '' ? [] : [{type: 'reasoning-delta', candidate: 0, text: reasoning} as const]),
    ...(text === '' ? [] : [{type: 'text-delta', candidate: 0, text} as const]),
    omitUndefined({type: 'reply-end' as const, finish: [finish] as const, usage: usageOf(response['usage'])}),
  ];
}

function finishOf(reason: unknown): FinishReason | undefined {
  switch (reason) {
    case undefined:
    case 'stop':
      return {unified: 'stop', raw: 'stop'};
    case 'length':
      return {unified: 'length', raw: 'length'};
    case 'content_filter':
      return {unified: 'content-filter', raw: 'content_filter'};
    default:
      return undefined;
  }
}

function usageOf(usage: unknown): Usage | undefined {
  const count = (...names: readonly string[]) =>
    names.map(name => memberOf(usage, name)).find(value => Number.isSafeInteger(value) && Number(value) >= 0);
  const inputTokens = count('prompt_tokens', 'input_tokens', 'promptTokenCount');
  const outputTokens = count('completion_tokens', 'output_tokens', 'candidatesTokenCount');
  return typeof inputTokens === 'number' && typeof outputTokens === 'number'
    ? {inputTokens, outputTokens}
    : undefined;
}

/** What of an answer is carried over; anything else gets a note. */
const carried = new Set(['content', 'reasoning', 'finishReason', 'usage', 'model', 'role']);

function notesOn(fixture: unknown, response: unknown): readonly string[] {
  const around = Object.keys(isJsonObject(fixture) ? fixture : {}).filter(
    name => !['match', 'response', 'metadata'].includes(name),
  );
  const inside = Object.keys(isJsonObject(response) ? response : {}).filter(name => !carried.has(name));
  const dropped = [...around, ...inside].map(name => `\`${name}\``);
  return dropped.length === 0 ? [] : [`${dropped.join(', ')} of the fixture has no place in a recording`];
}
