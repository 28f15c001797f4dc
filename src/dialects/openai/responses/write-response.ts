import type {ChunkOf, FinishReason, ReplyEnd, TokenLogprob} from '../../../chat/chunk.js';
import {isJsonSpace, type Writable} from '../../../chat/json-text.js';
import {RetakeError, unreachable} from '../../../errors.js';
import type {AnswerIdentity} from '../../dialect.js';
import {callId} from '../call-id.js';
import type {CallForms} from './call-forms.js';
import {type OutputItem, type ResponseHead, type ResponseObject, responseObject} from './response-object.js';
import {type Call, type CallEvent, callDelta, callEnd, callItem, callPrefixes} from './write-call.js';
import {
  beginPart,
  endPart,
  itemPrefix,
  type PartKind,
  partDelta,
  partOf,
  type Speech,
  speechItem,
} from './write-speech.js';

export type ResponseEvent = {
  readonly type: string;
  readonly sequence_number: number;
  readonly [member: string]: Writable;
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
        return this.#say(chunk.refusal ? 'refusal' : 'text', chunk.text, chunk.logprobs);
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

  #say(kind: PartKind, text: string, logprobs: readonly TokenLogprob[] = []): ResponseEvent[] {
    const events = this.#beginPart(kind);
    const speech = this.#speech;
    if (!speech) throw new RetakeError('internal', 'A response said something before it began to');
    const {part} = speech;
    const added = {kind, text: part.text + text, logprobs: [...part.logprobs, ...logprobs]};
    this.#speech = {...speech, part: added};
    return [...events, ...this.#numbered([partDelta(speech, text, logprobs)])];
  }

  /** Text and refusal are parts of one message; reasoning is an item of its own. */
  #beginPart(kind: PartKind): ResponseEvent[] {
    const speech = this.#speech;
    if (speech?.part.kind === kind) return [];
    const part = {kind, text: '', logprobs: []};
    if (speech && speech.part.kind !== 'reasoning' && kind !== 'reasoning') {
      const next = {...speech, before: [...speech.before, partOf(speech.part)], part};
      this.#speech = next;
      return this.#numbered([...endPart(speech), beginPart(next)]);
    }
    const ended = this.#endSpeech('completed');
    const index = this.#output.length;
    const begun = {id: this.#id(itemPrefix(kind), index), index, before: [], part};
    this.#speech = begun;
    const item = speechItem(begun, 'in_progress');
    this.#output.push(item);
    return [
      ...ended,
      this.#event('response.output_item.added', {output_index: index, item: {...item, content: []}}),
      ...this.#numbered([beginPart(begun)]),
    ];
  }

  #endSpeech(status: 'completed' | 'incomplete'): ResponseEvent[] {
    const speech = this.#speech;
    if (!speech) return [];
    this.#speech = undefined;
    const item = speechItem(speech, status);
    this.#output[speech.index] = item;
    return [
      ...this.#numbered(endPart(speech)),
      this.#event('response.output_item.done', {output_index: speech.index, item}),
    ];
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
