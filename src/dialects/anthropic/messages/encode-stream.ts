import {addToParts, type GrowingParts} from '../../../chat/answer-parts.js';
import type {ChunkOf, Chunks} from '../../../chat/chunk.js';
import type {JsonText, Writable} from '../../../chat/json-text.js';
import type {ToolCall} from '../../../chat/reply.js';
import {RetakeError, unreachable} from '../../../errors.js';
import type {AnswerIdentity} from '../../dialect.js';
import {formatEvent} from '../../kit/format-event.js';
import {errorBody} from '../encode-error.js';
import {blockParts} from './content-blocks.js';
import {encodeFinishReason} from './finish-reason.js';
import {callBlock, type MessageFormat, messageHead, messageTail, textBlock} from './message.js';
import {encodeFinalUsage, encodeUsage} from './usage.js';

type PendingCall = {readonly name: string; readonly pieces: string[]};
type OpenBlock = {readonly kind: 'text' | 'thinking'; readonly index: number};

/**
 * Encodes an answer as the API's named events. Blocks are sent one after the other, so tool calls and what follows them wait for the end:
 * calls may interleave, and only the end shows whether their arguments are valid. Each call keeps the pieces in which it arrived.
 */
export async function* encodeStream(
  chunks: Chunks<ChunkOf<'chat'>>,
  identity: AnswerIdentity,
  format: MessageFormat,
): AsyncGenerator<string> {
  const calls: PendingCall[] = [];
  /** The first call, and everything after it. */
  const waiting: GrowingParts = [];
  let open: OpenBlock | undefined;
  let blocks = 0;
  function* openBlock(kind: OpenBlock['kind']): Generator<string, number> {
    if (open?.kind === kind) return open.index;
    yield* closeBlock();
    const index = blocks++;
    open = {kind, index};
    const start = kind === 'text' ? textBlock('') : {type: 'thinking', thinking: '', signature: ''};
    yield event('content_block_start', {index, content_block: start});
    if (index === 0) yield pingEvent;
    return index;
  }
  function* closeBlock(): Generator<string> {
    if (!open) return;
    const {kind, index} = open;
    open = undefined;
    if (kind === 'thinking') {
      yield event('content_block_delta', {index, delta: {type: 'signature_delta', signature: ''}});
    }
    yield event('content_block_stop', {index});
  }

  function* say(kind: OpenBlock['kind'], text: string): Generator<string> {
    if (text === '') return;
    const index = yield* openBlock(kind);
    const delta = kind === 'text' ? {type: 'text_delta', text} : {type: 'thinking_delta', thinking: text};
    yield event('content_block_delta', {index, delta});
  }
  /** Returns whether there is a call that the API can express. */
  function* tellWaiting(): Generator<string, boolean> {
    const after = open?.kind;
    let hasCalls = false;
    for (const part of blockParts(waiting, {...format, after})) {
      if (part.type === 'call') {
        yield* closeBlock();
        const {name, pieces} = calls[part.call] ?? {name: '', pieces: []};
        const block = callBlock(toolCall(name, pieces), part.call, identity);
        hasCalls ||= block.type === 'tool_use';
        yield* encodeCall(block, pieces, blocks++);
      } else yield* say(part.type === 'text' ? 'text' : 'thinking', part.text);
    }
    yield* closeBlock();
    return hasCalls;
  }

  for await (const chunk of chunks) {
    if ('candidate' in chunk && (waiting.length > 0 || chunk.type === 'tool-call-start'))
      addToParts(waiting, chunk);
    switch (chunk.type) {
      case 'reply-start':
        yield event('message_start', {
          message: {
            ...messageHead(identity, format),
            content: [],
            stop_reason: null,
            stop_sequence: null,
            usage: encodeUsage(undefined),
            ...messageTail,
          },
        });
        break;
      case 'text-delta':
        if (waiting.length === 0) yield* say('text', chunk.text);
        break;
      case 'reasoning-delta':
        if (waiting.length === 0 && format.showsThinking) yield* say('thinking', chunk.text);
        break;
      case 'tool-call-start':
        calls[chunk.call] = {name: chunk.name, pieces: []};
        break;
      case 'tool-call-delta':
        calls[chunk.call]?.pieces.push(chunk.text);
        break;
      case 'reply-end': {
        const hasCalls = yield* tellWaiting();
        yield event('message_delta', {
          delta: {...encodeFinishReason(chunk.finish[0], hasCalls), ...messageTail},
          usage: encodeFinalUsage(chunk.usage),
        });
        yield event('message_stop', {});
        return;
      }
      default:
        unreachable(chunk);
    }
  }
  throw new RetakeError('internal', 'An answer stopped before its end');
}

/** The event of a failure after the first event; no `message_stop` follows it. */
export function encodeStreamError(error: RetakeError): string {
  return formatEvent(errorBody(error), 'error');
}

function toolCall(name: string, pieces: readonly string[]): ToolCall {
  return {name, arguments: pieces.join('')};
}

function* encodeCall(
  block: ReturnType<typeof callBlock>,
  pieces: readonly string[],
  index: number,
): Generator<string> {
  if (block.type === 'text') {
    yield event('content_block_start', {index, content_block: textBlock('')});
    yield event('content_block_delta', {index, delta: {type: 'text_delta', text: block.text}});
  } else {
    yield event('content_block_start', {index, content_block: {...block, input: {}}});
    for (const piece of ['', ...pieces.filter(text => text !== '')]) {
      yield event('content_block_delta', {index, delta: {type: 'input_json_delta', partial_json: piece}});
    }
  }
  yield event('content_block_stop', {index});
}

/** Says that the model is still at work. */
export const pingEvent = formatEvent({type: 'ping'}, 'ping');

function event(type: string, members: {readonly [name: string]: Writable | JsonText}): string {
  return formatEvent({type, ...members}, type);
}
