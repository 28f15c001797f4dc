import type {ExecutionContext} from 'ava';
import {createParser} from 'eventsource-parser';
import fc from 'fast-check';
import {spokenLogprobs} from '../../src/chat/answer-parts.js';
import type {
  AnswerChunk,
  ChunkOf,
  FinishReason,
  TokenChoice,
  TokenLogprob,
  Usage,
} from '../../src/chat/chunk.js';
import {type JsonObject, type JsonValue, parseJson} from '../../src/chat/json.js';
import {type Candidate, foldRecorded} from '../../src/chat/reply.js';
import type {AskedContent, ChatRequest} from '../../src/chat/request.js';
import type {AnswerDecoder, AnsweredQuestion, ProviderEvent} from '../../src/dialects/kit/answer-decoder.js';
import {RetakeError} from '../../src/errors.js';

/** A chat that a provider answered. */
export function asking(
  request: Partial<ChatRequest<AskedContent>> = {},
  modelName = 'gpt-4o',
): AnsweredQuestion {
  return {request: {operation: 'chat', turns: [], ...request}, modelName};
}

/** The events of a stream, as a strict parser of server-sent events reads them. */
export function eventsIn(stream: string | readonly string[]): readonly ProviderEvent[] {
  const events: ProviderEvent[] = [];
  const parser = createParser({onEvent: ({event, data}) => events.push({event, data})});
  for (const piece of typeof stream === 'string' ? [stream] : stream) parser.feed(piece);
  return events;
}

export function decodeEvents(
  decoder: AnswerDecoder,
  events: readonly ProviderEvent[],
  question: AnsweredQuestion,
): readonly AnswerChunk[] {
  const stream = decoder.openStream(question);
  return [...events.flatMap(event => stream.push(event)), ...stream.end()];
}

export function decodeBody(
  decoder: AnswerDecoder,
  body: string,
  question: AnsweredQuestion,
): readonly AnswerChunk[] {
  return decoder.decodeBody(parseJson(body), question);
}

/** Runs a decoder that has to fail as an answer fails that is not complete, or not understood. */
export function failure(t: ExecutionContext, decode: () => unknown): RetakeError {
  const error = t.throws(decode, {instanceOf: RetakeError}) as RetakeError;
  t.is(error.code, 'upstream_failed');
  return error;
}

/** A stream that stops anywhere, within an event too, is an error. */
export function assertCutsFail(
  t: ExecutionContext,
  decoder: AnswerDecoder,
  events: readonly ProviderEvent[],
  question: AnsweredQuestion,
): void {
  for (const [index, {event, data}] of events.entries()) {
    const before = events.slice(0, index);
    failure(t, () => decodeEvents(decoder, before, question));
    const half = {event, data: data.slice(0, Math.ceil(data.length / 2))};
    failure(t, () => decodeEvents(decoder, [...before, half], question));
  }
}

/**
 * However an answer is damaged, it decodes to a complete answer or fails as one that is not understood: no other error, and no chunks
 * that do not fold.
 */
export function assertDamageIsCaught(
  t: ExecutionContext,
  decoder: AnswerDecoder,
  answers: {readonly body?: string; readonly events?: readonly ProviderEvent[]},
  question: AnsweredQuestion,
): void {
  const attempt = (decode: () => readonly AnswerChunk[]) => {
    let chunks: readonly AnswerChunk[];
    try {
      chunks = decode();
    } catch (error) {
      const isExpected = error instanceof RetakeError && error.code === 'upstream_failed';
      if (!isExpected) t.fail(`Another error: ${error instanceof Error ? error.stack : error}`);
      return;
    }
    foldRecorded(chunks);
  };
  const {body, events} = answers;
  fc.assert(
    fc.property(damage, change => {
      if (body !== undefined) attempt(() => decoder.decodeBody(change(parseJson(body)), question));
      for (const [index, {event, data}] of (events ?? []).entries()) {
        if (!data.startsWith('{')) continue;
        const damaged = {event, data: JSON.stringify(change(parseJson(data)))};
        const all = (events ?? []).with(index, damaged);
        attempt(() => decodeEvents(decoder, all, question));
      }
    }),
    {numRuns: 150},
  );
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      failure(t, () => decoder.decodeBody(value as JsonValue, question));
      const data = JSON.stringify(value);
      attempt(() => decodeEvents(decoder, [{data}], question));
    }),
    {numRuns: 50},
  );
  t.pass();
}

/** Replaces, adds or removes a member somewhere in a value. */
const damage: fc.Arbitrary<(value: JsonValue) => JsonValue> = fc
  .record({
    path: fc.array(fc.nat({max: 11}), {minLength: 1, maxLength: 6}),
    value: fc.oneof(
      fc.constantFrom<JsonValue>(null, '', 'x', 0, -1, 1.5, true, [], {}, [null], ['x'], {type: 'x'}),
      fc.jsonValue({maxDepth: 1}) as fc.Arbitrary<JsonValue>,
    ),
    removes: fc.boolean(),
  })
  .map(
    ({path, value, removes}) =>
      whole =>
        changeAt(whole, path, removes ? undefined : value),
  );

function changeAt(
  whole: JsonValue,
  [step = 0, ...path]: readonly number[],
  value: JsonValue | undefined,
): JsonValue {
  if (typeof whole !== 'object' || whole === null) return value ?? null;
  const names = Object.keys(whole);
  const name = names[step % names.length];
  if (name === undefined) return value ?? null;
  const inner = (whole as JsonObject)[name] ?? null;
  const isLast = path.length === 0 || typeof inner !== 'object' || inner === null;
  const changed = isLast ? value : changeAt(inner, path, value);
  if (Array.isArray(whole)) {
    return changed === undefined ? whole.toSpliced(Number(name), 1) : whole.with(Number(name), changed);
  }
  const {[name]: _old, ...others} = whole as JsonObject;
  return changed === undefined ? others : {...whole, [name]: changed};
}

export type Canonical = {
  readonly candidates: readonly CanonicalCandidate[];
  readonly usage: Usage | undefined;
};

type ContentKind = 'text' | 'refusal' | 'reasoning' | 'call';

type CanonicalCandidate = {
  /** Text, refusal, reasoning and calls in their order, adjacent texts merged, empty ones left out. A call is its number. */
  readonly content: readonly (readonly [kind: ContentKind, text: string])[];
  readonly logprobs: readonly TokenLogprob[];
  readonly refusalLogprobs: readonly TokenLogprob[];
  /** A call without arguments has an empty object. */
  readonly calls: readonly {readonly name: string; readonly arguments: JsonValue}[];
  readonly finish: Ended;
};

type Ended = Pick<FinishReason, 'unified'> & {readonly stopSequence: string | undefined};

/** What an API can express of an answer. */
export type Expressed = {
  /** Whether the order of text, reasoning and calls is expressed. Otherwise reasoning comes first, and calls last. */
  readonly hasOrder: boolean;
  /** Whether refusals are expressed, and their tokens. Otherwise they are text. */
  readonly refusals?: 'with tokens' | 'without tokens' | undefined;
  /** The finish reason that is left of one. */
  finish(finish: FinishReason, hasCalls: boolean): Ended;
  /** What is left of a token; undefined if there are no log probabilities. */
  readonly token?: ((token: TokenChoice) => TokenChoice) | undefined;
  readonly usage?: ((usage: Usage | undefined) => Usage | undefined) | undefined;
};

/** The law of decoders is `canonical(decode(encode(chunks))) = canonical(chunks)`: nothing but this may differ. */
export function canonical(
  chunks: readonly AnswerChunk[],
  {hasOrder, refusals, finish, token, usage = same => same}: Expressed,
): Canonical {
  const answer = foldRecorded(chunks);
  const tokensOf = (tokens: readonly TokenLogprob[] = []) =>
    token ? tokens.map(chosen => ({...token(chosen), top: chosen.top.map(token)})) : [];
  return {
    candidates: answer.candidates.map(candidate => ({
      content: contentOf(candidate, {hasOrder, refusals}),
      logprobs: tokensOf(refusals ? candidate.logprobs : spokenLogprobs(candidate)),
      refusalLogprobs: refusals === 'with tokens' ? tokensOf(candidate.refusalLogprobs) : [],
      calls: candidate.toolCalls.map(({name, arguments: given}) => ({name, arguments: jsonIn(given)})),
      finish: finish(candidate.finish, candidate.toolCalls.length > 0),
    })),
    usage: usage(answer.usage),
  };
}

function contentOf(
  {parts}: Candidate,
  {hasOrder, refusals}: Pick<Expressed, 'hasOrder' | 'refusals'>,
): CanonicalCandidate['content'] {
  const content = parts.map((part): CanonicalCandidate['content'][number] => {
    if (part.type === 'call') return ['call', String(part.call)];
    return [part.type === 'refusal' && !refusals ? 'text' : part.type, part.text];
  });
  const order = ['reasoning', 'text', 'refusal', 'call'];
  const sorted = content.toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return joined(hasOrder ? content : sorted);
}

function joined(content: CanonicalCandidate['content']): CanonicalCandidate['content'] {
  const all: (readonly [ContentKind, string])[] = [];
  for (const [kind, text] of content) {
    const last = all.at(-1);
    if (text === '') continue;
    if (last?.[0] === kind && kind !== 'call') all.splice(-1, 1, [kind, last[1] + text]);
    else all.push([kind, text]);
  }
  return all;
}

/** The arguments as a value, or as text if they are not JSON. */
function jsonIn(text: string): JsonValue {
  if (text.trim() === '') return {};
  try {
    return parseJson(text);
  } catch {
    return `not JSON: ${text}`;
  }
}

/** A call whose arguments are white space, but none that JSON knows. */
export const blankArguments: readonly ChunkOf<'chat'>[] = [
  {type: 'reply-start', answeredBy: {model: 'm'}},
  {type: 'tool-call-start', candidate: 0, call: 0, name: 'f'},
  {type: 'tool-call-delta', candidate: 0, call: 0, text: '\u00a0'},
  {type: 'reply-end', finish: [{unified: 'tool-calls', raw: 'tool_calls'}]},
];

/** The same answer with names for its calls and objects as their arguments, in pieces; it ends with calls only if it has some. */
export function withObjectArguments(
  chunks: readonly ChunkOf<'chat'>[],
  objects: readonly {readonly [name: string]: unknown}[],
): readonly ChunkOf<'chat'>[] {
  const callers = new Set(
    chunks.flatMap(chunk => (chunk.type === 'tool-call-start' ? [chunk.candidate] : [])),
  );
  let calls = 0;
  return chunks.flatMap((chunk): readonly ChunkOf<'chat'>[] => {
    if (chunk.type === 'tool-call-delta') return [];
    if (chunk.type === 'tool-call-start') {
      const {candidate, call, name} = chunk;
      const object = objects[calls++];
      const text = object && Object.keys(object).length > 0 ? JSON.stringify(object, undefined, 1) : '';
      const middle = text.indexOf(':') + 1;
      const pieces = [text.slice(0, middle), text.slice(middle)].filter(piece => piece.isWellFormed());
      return [
        {...chunk, name: `f${name}`},
        ...pieces.map(piece => ({type: 'tool-call-delta' as const, candidate, call, text: piece})),
      ];
    }
    if (chunk.type !== 'reply-end') return [chunk];
    const [first, ...others] = chunk.finish.map(
      (reason, candidate): FinishReason =>
        reason.unified === 'tool-calls' && !callers.has(candidate) ? {...reason, unified: 'stop'} : reason,
    );
    return [{...chunk, finish: [first ?? {unified: 'stop', raw: 'stop'}, ...others]}];
  });
}

/** The same answer without texts of white space, which Anthropic's API refuses. */
export function withoutBlankTexts(chunks: readonly ChunkOf<'chat'>[]): readonly ChunkOf<'chat'>[] {
  return chunks.map(chunk =>
    chunk.type === 'text-delta' && chunk.text !== '' && chunk.text.trim() === ''
      ? {...chunk, text: 'x'}
      : chunk,
  );
}

/** Three objects for `withObjectArguments`. */
export const argumentObjects: fc.Arbitrary<readonly {readonly [name: string]: unknown}[]> = fc
  .array(fc.dictionary(fc.string(), fc.jsonValue({maxDepth: 2}), {maxKeys: 3}), {minLength: 3, maxLength: 3})
  .filter(objects => !JSON.stringify(objects).includes('__proto__'));
