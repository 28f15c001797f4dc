import type {AnswerChunk, ReplyEnd, TokenLogprob} from '../../../chat/chunk.js';
import type {ToolCall} from '../../../chat/reply.js';
import {RetakeError, unreachable} from '../../../errors.js';
import type {AnswerIdentity} from '../../dialect.js';
import {encodeCalls, encodeEnding} from './function-call.js';
import {averageLogprob, encodeLogprobs} from './logprobs.js';
import {type AnswerOptions, encodeResponse, type WireCandidate, type WirePart} from './response.js';

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

/** Sends each delta as it comes, and then a last response with the finish reasons and the usage. */
export async function* encodeStream(
  chunks: AsyncIterable<AnswerChunk>,
  identity: AnswerIdentity,
  options: AnswerOptions,
  {frame}: StreamFraming,
): AsyncGenerator<string, void, undefined> {
  const tokens: TokenLogprob[][] = [];
  const calls: ToolCall[][] = [];
  let first = true;
  for await (const chunk of chunks) {
    switch (chunk.type) {
      case 'reply-start':
        break;
      case 'text-delta':
      case 'reasoning-delta': {
        const candidate = encodeDelta(chunk, options);
        if (candidate === undefined) break;
        if (chunk.type === 'text-delta' && chunk.logprobs) {
          tokens[chunk.candidate] ??= [];
          tokens[chunk.candidate]?.push(...chunk.logprobs);
        }
        yield frame(encodeResponse([candidate], undefined, options, identity), {first, last: false});
        first = false;
        break;
      }
      case 'reply-end':
        yield frame(
          encodeResponse(encodeEnd(chunk, tokens, calls, identity), chunk.usage, options, identity),
          {
            first,
            last: true,
          },
        );
        return;
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
      case 'embedding':
      case 'token-count':
        throw new RetakeError('internal', `A chat was answered with ${chunk.type}`);
      default:
        unreachable(chunk);
    }
  }
  throw new RetakeError('internal', 'An answer stopped before its end');
}

type Delta = Extract<AnswerChunk, {type: 'text-delta' | 'reasoning-delta'}>;

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

/** Sends each call in one piece, with the end: clients of this API read a call from one response. */
function encodeEnd(
  {finish}: ReplyEnd,
  tokens: readonly TokenLogprob[][],
  calls: readonly (readonly ToolCall[])[],
  identity: AnswerIdentity,
): readonly WireCandidate[] {
  return finish.map((reason, index) => {
    const avgLogprobs = averageLogprob(tokens[index] ?? []);
    const parts = encodeCalls(calls[index] ?? [], index, identity);
    return {
      content: {parts: parts && parts.length > 0 ? parts : [{text: ''}], role: 'model'},
      ...encodeEnding(reason, parts),
      index,
      ...(avgLogprobs !== undefined && {avgLogprobs}),
    };
  });
}

function withParts(index: number, parts: readonly WirePart[]): WireCandidate {
  return {content: {parts, role: 'model'}, index};
}
