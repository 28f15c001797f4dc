import type {ChunkOf, FinishReason, ReplyEnd, TokenLogprob} from '../../../chat/chunk.js';
import {isJsonSpace, type Writable} from '../../../chat/json-text.js';
import {RetakeError, unreachable} from '../../../errors.js';
import type {AnswerIdentity} from '../../dialect.js';
import {callId} from '../call-id.js';
import type {CallForms} from './call-forms.js';
import {
  type CallItem,
  type OutputItem,
  outputText,
  type ResponseHead,
  type ResponseObject,
  responseObject,
  wireLogprobs,
} from './response-object.js';
import {type Call, type CallEvent, callDelta, callEnd, callItem, callPrefixes} from './write-call.js';

export type ResponseEvent = {
  readonly type: string;
  readonly sequence_number: number;
  readonly [member: string]: Writable;
};

/** The current message or reasoning item, which ends when another item starts. */
type Speech = {
  readonly kind: 'message' | 'reasoning';
  readonly index: number;
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[];
};

/**
 * Writes a response from the chunks of its answer, as events and as one object: the response in the last event is also the unary response.
 * A message ends when another item starts; tool calls, which may interleave, end with the answer.
 */
export class ResponseWriter {
  readonly #head: ResponseHead;
  readonly #identity: AnswerIdentity;
  readonly #callForms: CallForms;
  readonly #output: OutputItem[] = [];
  readonly #calls: Call[] = [];
  #speech: Speech | undefined;
  #response: ResponseObject;
  #eventCount = 0;

  constructor(head: ResponseHead, identity: AnswerIdentity, callForms: CallForms = new Map()) {
    this.#head = head;
    this.#callForms = callForms;
    this.#identity = identity;
    this.#response = responseObject(head, identity, {status: 'in_progress', output: []});
  }

  /** The complete response: empty until the end. */
  get response(): ResponseObject {
    return this.#response;
  }

  get isComplete(): boolean {
    return this.#response.status !== 'in_progress';
  }

  /** Call it before the first chunk. */
  begin(): ResponseEvent[] {
    const response = this.#response;
    return [this.#event('response.created', {response}), this.#event('response.in_progress', {response})];
  }

  write(chunk: ChunkOf<'chat'>): ResponseEvent[] {
    switch (chunk.type) {
      case 'reply-start':
        return [];
      case 'text-delta':
        return this.#say('message', chunk.text, chunk.logprobs);
      case 'reasoning-delta':
        return this.#say('reasoning', chunk.text);
      case 'tool-call-start':
        return [...this.#endSpeech('completed'), ...this.#beginCall(chunk.name)];
      case 'tool-call-delta':
        return this.#goOn(chunk.call, chunk.text);
      case 'reply-end':
        return this.#end(chunk);
      default:
        return unreachable(chunk);
    }
  }

  /** The event of a failure. */
  fail({message, code, reason, field}: RetakeError): ResponseEvent {
    return this.#event('error', {code: reason ?? code, message, param: field ?? null});
  }

  #event(type: string, members: {readonly [member: string]: Writable}): ResponseEvent {
    return {type, sequence_number: this.#eventCount++, ...members};
  }

  #id(prefix: string, index: number): string {
    return `${prefix}_${this.#identity.id}_${index}`;
  }

  #say(kind: Speech['kind'], text: string, logprobs: readonly TokenLogprob[] = []): ResponseEvent[] {
    const events: ResponseEvent[] = [];
    if (this.#speech?.kind !== kind) events.push(...this.#endSpeech('completed'), ...this.#beginSpeech(kind));
    const speech = this.#speech;
    if (!speech) throw new RetakeError('internal', 'A response said something before it began to');
    this.#speech = {...speech, text: speech.text + text, logprobs: [...speech.logprobs, ...logprobs]};
    const at = this.#placeOf(speech);
    events.push(
      kind === 'message'
        ? this.#event('response.output_text.delta', {...at, delta: text, logprobs: wireLogprobs(logprobs)})
        : this.#event('response.reasoning_text.delta', {...at, delta: text}),
    );
    return events;
  }

  #beginSpeech(kind: Speech['kind']): ResponseEvent[] {
    const speech = {kind, index: this.#output.length, text: '', logprobs: []};
    this.#speech = speech;
    const item = this.#itemOf(speech, 'in_progress');
    const empty = {...item, content: []};
    this.#output.push(item);
    return [
      this.#event('response.output_item.added', {output_index: speech.index, item: empty}),
      this.#event('response.content_part.added', {...this.#placeOf(speech), part: partOf(speech)}),
    ];
  }

  #endSpeech(status: 'completed' | 'incomplete'): ResponseEvent[] {
    const speech = this.#speech;
    if (!speech) return [];
    this.#speech = undefined;
    const at = this.#placeOf(speech);
    const {text} = speech;
    const item = this.#itemOf(speech, status);
    this.#output[speech.index] = item;
    return [
      speech.kind === 'message'
        ? this.#event('response.output_text.done', {...at, text, logprobs: wireLogprobs(speech.logprobs)})
        : this.#event('response.reasoning_text.done', {...at, text}),
      this.#event('response.content_part.done', {...at, part: partOf(speech)}),
      this.#event('response.output_item.done', {output_index: speech.index, item}),
    ];
  }

  #itemOf(speech: Speech, status: OutputItem['status']): Exclude<OutputItem, CallItem> {
    const {kind, index, text, logprobs} = speech;
    return kind === 'message'
      ? {
          id: this.#id('msg', index),
          type: 'message',
          status,
          role: 'assistant',
          content: [outputText(text, logprobs)],
        }
      : {
          id: this.#id('rs', index),
          type: 'reasoning',
          status,
          summary: [],
          content: [{type: 'reasoning_text', text}],
        };
  }

  #placeOf({kind, index}: Speech) {
    const id = this.#id(kind === 'message' ? 'msg' : 'rs', index);
    return {item_id: id, output_index: index, content_index: 0};
  }

  #beginCall(name: string): ResponseEvent[] {
    const form = this.#callForms.get(name) ?? {type: 'function_call', name};
    const index = this.#output.length;
    const id = this.#id(callPrefixes[form.type], index);
    const call = {index, id, callId: callId(this.#identity, 0, this.#calls.length), form, arguments: ''};
    this.#calls.push(call);
    const item = callItem(call, 'in_progress');
    this.#output.push(item);
    return [this.#event('response.output_item.added', {output_index: index, item})];
  }

  #goOn(number: number, delta: string): ResponseEvent[] {
    const call = this.#calls[number];
    if (!call) throw new RetakeError('internal', `Call ${number} of an answer went on before it started`);
    this.#calls[number] = {...call, arguments: call.arguments + delta};
    return this.#numbered(callDelta(call, delta));
  }

  /** A function call without argument text has no arguments: an empty object. */
  #endCall(number: number): ResponseEvent[] {
    const begun = this.#calls[number];
    const isBare = begun?.form.type === 'function_call' && isJsonSpace(begun.arguments);
    const events = isBare ? this.#goOn(number, '{}') : [];
    const call = this.#calls[number];
    if (!call) return events;
    this.#output[call.index] = callItem(call, 'completed');
    return [...events, ...this.#numbered(callEnd(call))];
  }

  #numbered(events: readonly CallEvent[]): ResponseEvent[] {
    return events.map(([type, members]) => this.#event(type, members));
  }

  #end({finish: [finish], usage}: ReplyEnd): ResponseEvent[] {
    const incompleteReason = incompleteReasonOf(finish);
    const status = incompleteReason ? 'incomplete' : 'completed';
    const events = [
      ...this.#endSpeech(status),
      ...this.#calls.flatMap((_call, number) => this.#endCall(number)),
    ];
    const progress = {status, output: [...this.#output], incompleteReason, usage} as const;
    this.#response = responseObject(this.#head, this.#identity, progress);
    return [...events, this.#event(`response.${status}`, {response: this.#response})];
  }
}

function partOf({kind, text, logprobs}: Speech): {readonly [member: string]: Writable} {
  return kind === 'message' ? outputText(text, logprobs) : {type: 'reasoning_text', text};
}

function incompleteReasonOf({unified}: FinishReason): 'max_output_tokens' | 'content_filter' | undefined {
  switch (unified) {
    case 'length':
      return 'max_output_tokens';
    case 'content-filter':
      return 'content_filter';
    case 'stop':
    case 'tool-calls':
    case 'malformed-tool-call':
    case 'other':
      return undefined;
    default:
      return unreachable(unified);
  }
}
