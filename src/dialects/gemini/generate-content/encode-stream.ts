import {type AnswerPart, addToParts, type GrowingParts} from '../../../chat/answer-parts.js';
import type {ChunkOf, Chunks, ReplyEnd, TokenLogprob} from '../../../chat/chunk.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {ToolCall} from '../../../chat/reply.js';
import {RetakeError, unreachable} from '../../../errors.js';
import type {AnswerIdentity} from '../../dialect.js';
import {encodeParts} from './encode-parts.js';
import {encodeCalls, encodeEnding} from './function-call.js';
import {averageLogprob, encodeLogprobs} from './logprobs.js';
import {type AnswerOptions, encodeResponse, type WireCandidate, type WirePart} from './response.js';
import {encodePromptUsage, encodeUsage} from './usage.js';

/** How responses are framed on the wire. */
export type StreamFraming = {
  readonly contentType: string;
  /** One framed response; `first` and `last` are its place in the stream. */
  frame(json: string, place: {readonly first: boolean; readonly last: boolean}): string;
};

export const sseFraming: StreamFraming = {
  contentType: 'text/event-stream',
  frame: json => `data: ${json}\r\n\r\n`,
};

/** Without `alt=sse` a stream is one JSON array, sent element by element. */
export const arrayFraming: StreamFraming = {
  contentType: 'application/json; charset=UTF-8',
  frame: (json, {first, last}) => `${first ? '[' : ',\r\n'}${json}${last ? '\n]\n' : '\n'}`,
};

/**
 * The last text of a candidate carries its finish reason, as in the real API, so each delta is held until the next one of its candidate
 * comes. Each response of the Developer API has the token count of the prompt, and a replay has the same bytes as the live answer: if the
 * upstream reports the count at the end only, all responses of the live answer wait for it.
 */
export async function* encodeStream(
  chunks: Chunks<ChunkOf<'chat'>>,
  identity: AnswerIdentity,
  options: AnswerOptions,
  {frame}: StreamFraming,
): AsyncGenerator<string, void, undefined> {
  const tokens: TokenLogprob[][] = [];
  const calls: ToolCall[][] = [];
  /** Of each candidate, the first call and everything after it. */
  const waitingParts = new Map<number, GrowingParts>();
  const held = new Map<number, WireCandidate>();
  const {replayed} = identity;
  let promptUsage = options.isVertex ? undefined : encodePromptUsage(replayed?.usage?.inputTokens, options);
  let isCounted = options.isVertex || replayed !== undefined;
  const waiting: WireCandidate[] = [];
  let first = true;
  function* send(...candidates: readonly WireCandidate[]): Generator<string> {
    for (const candidate of candidates) {
      yield frame(encodeResponse([candidate], promptUsage, options, identity), {first, last: false});
      first = false;
    }
  }
  function* release(...indexes: readonly number[]): Generator<string> {
    for (const index of indexes) {
      const candidate = held.get(index);
      if (candidate === undefined) continue;
      held.delete(index);
      if (isCounted) yield* send(candidate);
      else waiting.push(candidate);
    }
  }
  try {
    for await (const chunk of chunks) {
      if (chunk.type === 'tool-call-start' && !waitingParts.has(chunk.candidate))
        waitingParts.set(chunk.candidate, []);
      const after = 'candidate' in chunk ? waitingParts.get(chunk.candidate) : undefined;
      if (after && 'candidate' in chunk) addToParts(after, chunk);
      switch (chunk.type) {
        case 'reply-start':
          if (isCounted || chunk.inputTokens === undefined) break;
          promptUsage = encodePromptUsage(chunk.inputTokens, options);
          isCounted = true;
          break;
        case 'text-delta':
        case 'reasoning-delta': {
          const candidate = after ? undefined : encodeDelta(chunk, options);
          if (candidate === undefined && !after) break;
          if (chunk.type === 'text-delta' && chunk.logprobs) {
            tokens[chunk.candidate] ??= [];
            tokens[chunk.candidate]?.push(...chunk.logprobs);
          }
          if (candidate === undefined) break;
          yield* release(chunk.candidate);
          held.set(chunk.candidate, candidate);
          break;
        }
        case 'reply-end': {
          yield* release(...[...calls.keys()].filter(index => calls[index] !== undefined));
          const ends = encodeEnd(chunk, {held, tokens, calls, waitingParts}, identity, options);
          const usage = encodeUsage(chunk.usage, options);
          held.clear();
          if (!isCounted) promptUsage = encodePromptUsage(chunk.usage?.inputTokens, options);
          yield* send(...waiting.splice(0));
          yield frame(encodeResponse(ends, usage, options, identity), {first, last: true});
          return;
        }
        case 'tool-call-start': {
          const started = calls[chunk.candidate] ?? [];
          calls[chunk.candidate] = started;
          started[chunk.call] = {name: chunk.name, arguments: ''};
          break;
        }
        case 'tool-call-delta': {
          const {name = '', arguments: text = ''} = calls[chunk.candidate]?.[chunk.call] ?? {};
          calls[chunk.candidate]?.splice(chunk.call, 1, {name, arguments: text + chunk.text});
          break;
        }
        default:
          unreachable(chunk);
      }
    }
    throw new RetakeError('internal', 'An answer stopped before its end');
  } catch (error) {
    isCounted = true;
    yield* send(...waiting);
    yield* release(...held.keys());
    throw error;
  }
}

type Delta = Extract<ChunkOf<'chat'>, {type: 'text-delta' | 'reasoning-delta'}>;

/** Undefined if this client gets nothing of the delta. */
function encodeDelta(delta: Delta, {includeThoughts}: AnswerOptions): WireCandidate | undefined {
  const {text, candidate: index} = delta;
  if (delta.type === 'reasoning-delta') {
    return includeThoughts && text !== '' ? withParts(index, [{text, thought: true}]) : undefined;
  }
  const {logprobs = []} = delta;
  if (logprobs.length > 0) {
    return {...withParts(index, [{text}]), logprobsResult: encodeLogprobs(logprobs)};
  }
  return text === '' ? undefined : withParts(index, [{text}]);
}

/** Sends each call in one piece, with what follows the first one, at the end: clients of this API read a call from one response. */
function encodeEnd(
  {finish}: ReplyEnd,
  {
    held,
    tokens,
    calls,
    waitingParts,
  }: {
    readonly held: ReadonlyMap<number, WireCandidate>;
    readonly tokens: readonly TokenLogprob[][];
    readonly calls: readonly (readonly ToolCall[])[];
    readonly waitingParts: ReadonlyMap<number, readonly AnswerPart[]>;
  },
  identity: AnswerIdentity,
  options: AnswerOptions,
): readonly WireCandidate[] {
  return finish.map((reason, index) => {
    const avgLogprobs = averageLogprob(tokens[index] ?? []);
    const encoded = encodeCalls(calls[index] ?? [], index, identity, options);
    const after = waitingParts.get(index);
    const {content, logprobsResult} = after
      ? encodeWaiting(after, encoded, index, options)
      : (held.get(index) ?? withParts(index, [{text: ''}]));
    return omitUndefined({
      content,
      ...encodeEnding(reason, encoded),
      index,
      avgLogprobs,
      logprobsResult,
    });
  });
}

function encodeWaiting(
  parts: readonly AnswerPart[],
  calls: readonly WirePart[] | undefined,
  index: number,
  options: AnswerOptions,
): WireCandidate {
  const logprobs = parts.flatMap(part => ('logprobs' in part ? (part.logprobs ?? []) : []));
  const content = withParts(index, encodeParts(parts, calls, options));
  return logprobs.length > 0 ? {...content, logprobsResult: encodeLogprobs(logprobs)} : content;
}

function withParts(index: number, parts: readonly WirePart[]): WireCandidate {
  return {content: {parts, role: 'model'}, index};
}
