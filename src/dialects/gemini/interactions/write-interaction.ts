import {addToParts, type GrowingParts, spokenParts} from '../../../chat/answer-parts.js';
import type {ChunkOf, ReplyEnd} from '../../../chat/chunk.js';
import {argumentsText, type JsonText, type Writable} from '../../../chat/json-text.js';
import type {ToolCall} from '../../../chat/reply.js';
import {RetakeError, unreachable} from '../../../errors.js';
import type {AnswerIdentity} from '../../dialect.js';
import {
  endedInteraction,
  type InteractionHead,
  type InteractionObject,
  interactionId,
  type Step,
  startedInteraction,
} from './interaction-object.js';

export type InteractionEvent = {readonly event_type: string; readonly [member: string]: Writable};

/** The step in which the model is speaking. */
type Speech = {readonly type: 'thought' | 'model_output'; readonly text: string};

/**
 * Writes an interaction from the chunks of its answer, as events and as one object. A step ends when another one starts. Calls may
 * interleave in the answer, so each is written in one piece at the end, and what follows the first one after it.
 */
export class InteractionWriter {
  readonly #head: InteractionHead;
  readonly #identity: AnswerIdentity;
  readonly #steps: Step[] = [];
  readonly #calls: ToolCall[] = [];
  /** The first call, and everything after it. */
  readonly #waiting: GrowingParts = [];
  #speech: Speech | undefined;
  #interaction: InteractionObject | undefined;
  #eventCount = 0;

  constructor(head: InteractionHead, identity: AnswerIdentity) {
    this.#head = head;
    this.#identity = identity;
  }

  /** The complete interaction. @throws RetakeError `internal` before its end */
  get interaction(): InteractionObject {
    if (this.#interaction) return this.#interaction;
    throw new RetakeError('internal', 'An answer stopped before its end');
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }

  begin(): InteractionEvent[] {
    const {id, status} = startedInteraction(this.#head, this.#identity);
    return [
      this.#event('interaction.created', {interaction: startedInteraction(this.#head, this.#identity)}),
      this.#event('interaction.status_update', {interaction_id: id, status}),
    ];
  }

  write(chunk: ChunkOf<'chat'>): InteractionEvent[] {
    if ('candidate' in chunk && (this.#waiting.length > 0 || chunk.type === 'tool-call-start'))
      addToParts(this.#waiting, chunk);
    const waits = this.#waiting.length > 0;
    switch (chunk.type) {
      case 'reply-start':
        return [];
      case 'text-delta':
        return waits ? [] : this.#say('model_output', chunk.text);
      case 'reasoning-delta':
        return this.#head.hasSummaries && !waits ? this.#say('thought', chunk.text) : [];
      case 'tool-call-start':
        this.#calls[chunk.call] = {name: chunk.name, arguments: ''};
        return [];
      case 'tool-call-delta': {
        const {name = '', arguments: text = ''} = this.#calls[chunk.call] ?? {};
        this.#calls[chunk.call] = {name, arguments: text + chunk.text};
        return [];
      }
      case 'reply-end':
        return this.#end(chunk);
      default:
        return unreachable(chunk);
    }
  }

  /** The event of a failure. */
  fail({code, message}: RetakeError): InteractionEvent {
    return this.#event('error', {error: {code, message}});
  }

  #event(type: string, members: {readonly [member: string]: Writable}): InteractionEvent {
    return {...members, event_type: type, event_id: `${interactionId(this.#identity)}_${this.#eventCount++}`};
  }

  #say(type: Speech['type'], text: string): InteractionEvent[] {
    if (text === '') return [];
    const events: InteractionEvent[] = [];
    if (this.#speech?.type !== type) {
      events.push(...this.#endSpeech(), this.#event('step.start', {index: this.#steps.length, step: {type}}));
      this.#speech = {type, text: ''};
    }
    this.#speech = {type, text: `${this.#speech?.text ?? ''}${text}`};
    const piece = {type: 'text', text};
    const delta = type === 'thought' ? {type: 'thought_summary', content: piece} : piece;
    events.push(this.#event('step.delta', {index: this.#steps.length, delta}));
    return events;
  }

  #endSpeech(): InteractionEvent[] {
    const speech = this.#speech;
    if (!speech) return [];
    this.#speech = undefined;
    const content = [{type: 'text', text: speech.text}] as const;
    const step: Step =
      speech.type === 'thought' ? {type: 'thought', summary: content} : {type: 'model_output', content};
    return [this.#event('step.stop', {index: this.#steps.push(step) - 1})];
  }

  #end({finish: [finish], usage}: ReplyEnd): InteractionEvent[] {
    const given = this.#calls.map(({name, arguments: text}) => ({name, args: argumentsText(text)}));
    const isMalformed = given.some(({args}) => args === undefined);
    const events: InteractionEvent[] = [];
    for (const part of spokenParts(this.#waiting, {hasReasoning: this.#head.hasSummaries})) {
      if (part.type !== 'call')
        events.push(...this.#say(part.type === 'text' ? 'model_output' : 'thought', part.text));
      else {
        const {name = '', args} = given[part.call] ?? {};
        if (args && !isMalformed) events.push(...this.#endSpeech(), ...this.#call(part.call, name, args));
      }
    }
    events.push(...this.#endSpeech());
    const ending = {finish, usage, steps: this.#steps, isMalformed};
    const ended = (hasSteps: boolean) => endedInteraction(this.#head, this.#identity, ending, {hasSteps});
    this.#interaction = ended(true);
    return [...events, this.#event('interaction.completed', {interaction: ended(false)})];
  }
  #call(call: number, name: string, args: JsonText): InteractionEvent[] {
    const id = `call_${this.#identity.id}_0_${call}`;
    const step: Step = {type: 'function_call', id, name, arguments: args};
    const index = this.#steps.push(step) - 1;
    return [
      this.#event('step.start', {index, step: {...step, arguments: {}}}),
      this.#event('step.delta', {index, delta: {type: 'arguments_delta', arguments: args.text}}),
      this.#event('step.stop', {index}),
    ];
  }
}
