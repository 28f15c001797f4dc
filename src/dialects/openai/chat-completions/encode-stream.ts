import type {ChunkOf, Chunks, TokenLogprob} from '../../../chat/chunk.js';
import {isJsonSpace} from '../../../chat/json-text.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {RetakeError, unreachable} from '../../../errors.js';
import type {AnswerIdentity} from '../../dialect.js';
import {formatEvent} from '../../kit/format-event.js';
import {callId} from '../call-id.js';
import {inputOfArguments} from '../custom-tools.js';
import {errorBody} from '../encode-error.js';
import {encodeUsage} from '../usage.js';
import type {ReplyFormat} from './encode-reply.js';
import {type Ending, encodeFinishReason} from './finish-reason.js';
import {encodeLogprobs} from './logprobs.js';
import type {ChatCompletionChunk, Delta} from './reply-schema.js';

export type StreamFormat = ReplyFormat & {readonly includeUsage: boolean};

/**
 * Encodes an answer as `chat.completion.chunk` events: each candidate's role before its first delta, its finish reason in a last
 * empty delta, then the usage if it was asked for, then `[DONE]`.
 */
export async function* encodeStream(
  chunks: Chunks<ChunkOf<'chat'>>,
  identity: AnswerIdentity,
  {modelName, usesFunctions, customTools = [], includeUsage}: StreamFormat,
): AsyncGenerator<string> {
  const event = (choices: ChatCompletionChunk['choices'], usage: ChatCompletionChunk['usage'] = null) =>
    formatEvent(
      omitUndefined({
        id: `chatcmpl-${identity.id}`,
        object: 'chat.completion.chunk',
        created: identity.createdAt,
        model: modelName,
        choices,
        usage: includeUsage ? usage : undefined,
      }),
    );
  const introduced = new Set<number>();
  function* introduce(
    candidate: number,
    {content = '', refusal = null}: {content?: '' | null; refusal?: '' | null} = {},
  ): Generator<string> {
    if (introduced.has(candidate)) return;
    introduced.add(candidate);
    yield event([choice(candidate, {role: 'assistant', content, refusal})]);
  }
  const callers = new Set<number>();
  /** The calls of each candidate that have no argument text yet. */
  const bare = new Map<number, Set<number>>();
  /** The argument text of each candidate's calls of custom tools. Their input is known only at the end. */
  const held = new Map<number, Map<number, string>>();
  function* argue(candidate: number, call: number, text: string): Generator<string> {
    const before = held.get(candidate)?.get(call);
    if (before !== undefined) {
      held.get(candidate)?.set(call, before + text);
      return;
    }
    if (!isJsonSpace(text)) bare.get(candidate)?.delete(call);
    if (!usesFunctions) {
      yield event([choice(candidate, {tool_calls: [{index: call, function: {arguments: text}}]})]);
    } else if (call === 0) yield event([choice(candidate, {function_call: {arguments: text}})]);
  }

  let isComplete = false;
  for await (const chunk of chunks) {
    switch (chunk.type) {
      case 'reply-start':
        break;
      case 'text-delta':
        if (chunk.refusal) {
          const {candidate, text: refusal, logprobs: refusalLogprobs} = chunk;
          yield* introduce(candidate, {content: null, refusal: ''});
          yield event([choice(candidate, {refusal}, {refusalLogprobs})]);
          break;
        }
        yield* introduce(chunk.candidate);
        yield event([choice(chunk.candidate, {content: chunk.text}, {logprobs: chunk.logprobs})]);
        break;
      case 'reasoning-delta':
        yield* introduce(chunk.candidate);
        yield event([choice(chunk.candidate, {reasoning_content: chunk.text})]);
        break;
      case 'reply-end':
        for (const [candidate, finish] of chunk.finish.entries()) {
          yield* introduce(candidate);
          for (const call of bare.get(candidate) ?? []) yield* argue(candidate, call, '{}');
          for (const [index, text] of held.get(candidate) ?? []) {
            const custom = {input: inputOfArguments(text)};
            yield event([choice(candidate, {tool_calls: [{index, custom}]})]);
          }
          const ending = {finish, hasCalls: callers.has(candidate), usesFunctions};
          yield event([choice(candidate, {}, {ending})]);
        }
        if (includeUsage && chunk.usage) yield event([], encodeUsage(chunk.usage));
        isComplete = true;
        break;
      case 'tool-call-start': {
        const {candidate, call, name} = chunk;
        yield* introduce(candidate, {content: null});
        callers.add(candidate);
        if (customTools.includes(name)) {
          held.set(candidate, (held.get(candidate) ?? new Map<number, string>()).set(call, ''));
          const id = callId(identity, candidate, call);
          const custom = {name, input: ''};
          yield event([choice(candidate, {tool_calls: [{index: call, id, type: 'custom', custom}]})]);
          break;
        }
        bare.set(candidate, (bare.get(candidate) ?? new Set()).add(call));
        if (!usesFunctions) {
          const head = {index: call, id: callId(identity, candidate, call), type: 'function'} as const;
          yield event([choice(candidate, {tool_calls: [{...head, function: {name, arguments: ''}}]})]);
        } else if (call === 0) yield event([choice(candidate, {function_call: {name, arguments: ''}})]);
        break;
      }
      case 'tool-call-delta':
        yield* argue(chunk.candidate, chunk.call, chunk.text);
        break;
      default:
        unreachable(chunk);
    }
  }
  if (!isComplete) throw new RetakeError('internal', 'An answer stopped before its end');
  yield 'data: [DONE]\n\n';
}

/** The event of a failure after the first event; no `[DONE]` follows it. */
export function encodeStreamError(error: RetakeError): string {
  return formatEvent(errorBody(error));
}

type Extras = {
  readonly logprobs?: readonly TokenLogprob[] | undefined;
  readonly refusalLogprobs?: readonly TokenLogprob[] | undefined;
  readonly ending?: Ending;
};

function choice(
  index: number,
  delta: Delta,
  {logprobs, refusalLogprobs, ending}: Extras = {},
): ChatCompletionChunk['choices'][number] {
  return {
    index,
    delta,
    logprobs: encodeLogprobs(logprobs, refusalLogprobs),
    finish_reason: ending ? encodeFinishReason(ending) : null,
  };
}
