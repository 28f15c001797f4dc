import type {AnswerChunk, FinishReason, Usage} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, stringifyJson} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AnswerDecoder, AnsweredQuestion} from '../../kit/answer-decoder.js';
import {CharacterJoiner} from '../../kit/join-characters.js';
import {incompleteAnswer, notUnderstood, reportedFailure} from '../../kit/provider-failure.js';
import {countIn, listIn, nameIn, objectIn, parseEventData, textIn} from '../../kit/provider-json.js';
import {requestFor} from '../../kit/request-for.js';

/** Reads interactions: the mirror of `write-interaction.ts`. */
export const answerDecoder: AnswerDecoder = {
  decodeBody(body, question) {
    const interaction = objectIn(body, 'an interaction');
    // An older revision of the API has `outputs` in their place.
    if (!Array.isArray(interaction['steps'])) throw notUnderstood('an interaction has no steps', interaction);
    const decoder = new InteractionDecoder(question);
    const steps = listIn(interaction, 'steps').flatMap(step => [
      ...decoder.addStep(objectIn(step, 'a step')),
    ]);
    return [decoder.start(interaction), ...steps, ...decoder.finish(interaction), ...decoder.end()];
  },
  openStream(question) {
    const decoder = new InteractionDecoder(question);
    return {
      push: ({data}) => (data.trim() === '[DONE]' ? [] : [...decodeEvent(decoder, data)]),
      end: () => [...decoder.end()],
    };
  },
};

function* decodeEvent(decoder: InteractionDecoder, data: string): Generator<AnswerChunk> {
  const event = parseEventData(data);
  if (event === undefined) return;
  const {event_type: type, interaction, step, delta, index} = event;
  switch (type) {
    case 'interaction.created':
      yield decoder.start(objectIn(interaction, 'an interaction'));
      return;
    case 'interaction.completed':
      yield* decoder.finish(objectIn(interaction, 'an interaction'));
      return;
    case 'interaction.status_update':
      return;
    case 'step.start':
      yield* decoder.openStep(countIn(index), objectIn(step, 'a step'));
      return;
    case 'step.delta':
      yield* decoder.addDelta(countIn(index), objectIn(delta, 'a delta'));
      return;
    case 'step.stop':
      yield* decoder.closeStep(countIn(index));
      return;
    case 'error':
      throw reportedFailure(event['error'] ?? event);
    default:
      throw notUnderstood(`an event is of the type ${stringifyJson(type ?? null)}`, event);
  }
}

/** A call whose arguments come in pieces, or a step of another kind. */
type OpenStep = {readonly call: number | undefined; readonly given: JsonObject; hasPieces: boolean};

class InteractionDecoder {
  readonly #modelName: string;
  readonly #joiner = new CharacterJoiner();
  readonly #open = new Map<number, OpenStep>();
  #calls = 0;
  #end: {readonly finish: FinishReason; readonly usage: Usage | undefined} | undefined;

  constructor({request, modelName}: AnsweredQuestion) {
    requestFor('chat', request);
    this.#modelName = modelName;
  }

  start(interaction: JsonObject): AnswerChunk {
    return {type: 'reply-start', answeredBy: {model: nameIn(interaction, 'model') ?? this.#modelName}};
  }

  *addStep(step: JsonObject): Generator<AnswerChunk> {
    yield* this.openStep(-1, step);
    yield* this.closeStep(-1);
  }

  *openStep(index: number | undefined, step: JsonObject): Generator<AnswerChunk> {
    if (index === undefined || this.#open.has(index))
      throw notUnderstood('a step has no index of its own', step);
    const {type} = step;
    const call = type === 'function_call' ? this.#calls++ : undefined;
    const {arguments: given = {}} = step;
    this.#open.set(index, {
      call,
      given: call === undefined ? {} : objectIn(given, 'the arguments of a call'),
      hasPieces: false,
    });
    if (call !== undefined) {
      const name = nameIn(step, 'name');
      if (name === undefined) throw notUnderstood('a call has no name', step);
      yield {type: 'tool-call-start', candidate: 0, call, name};
      return;
    }
    if (type !== 'thought' && type !== 'model_output') return;
    for (const content of listIn(step, type === 'thought' ? 'summary' : 'content'))
      yield* this.#say(type, objectIn(content, 'content'));
  }

  *addDelta(index: number | undefined, delta: JsonObject): Generator<AnswerChunk> {
    const step = this.#open.get(index ?? -1);
    if (!step) throw notUnderstood('a delta belongs to no step', delta);
    switch (delta['type']) {
      case 'text':
        yield* this.#say('model_output', delta);
        return;
      case 'thought_summary': {
        const {content = {}} = delta;
        yield* this.#say('thought', objectIn(content, 'a thought'));
        return;
      }
      case 'arguments_delta': {
        const {call} = step;
        if (call === undefined) throw notUnderstood('arguments belong to no call', delta);
        step.hasPieces = true;
        const text = this.#joiner.add(`call ${call}`, textIn(delta, 'arguments'));
        if (text !== '') yield {type: 'tool-call-delta', candidate: 0, call, text};
        return;
      }
      case 'image':
      case 'audio':
      case 'video':
      case 'document':
        throw notUnderstood('the model answers with more than text', delta);
      // Signatures, annotations, and what the provider's own tools did.
      default:
        return;
    }
  }

  *closeStep(index: number | undefined): Generator<AnswerChunk> {
    const step = this.#open.get(index ?? -1);
    if (!step) throw notUnderstood('a step ends that has not begun', index ?? null);
    this.#open.delete(index ?? -1);
    const {call, given, hasPieces} = step;
    if (call === undefined) return;
    const text = hasPieces ? this.#joiner.end(`call ${call}`) : stringifyJson(given).toWellFormed();
    if (text !== '') yield {type: 'tool-call-delta', candidate: 0, call, text};
  }

  *finish(interaction: JsonObject): Generator<AnswerChunk> {
    if (this.#open.size > 0 || this.#end) throw notUnderstood('it ends within a step, or twice', interaction);
    for (const kind of ['thought', 'model_output'] as const) yield* spoken(kind, this.#joiner.end(kind));
    this.#end = {finish: finishOf(interaction, this.#calls > 0), usage: usageOf(interaction)};
  }

  *end(): Generator<AnswerChunk> {
    if (!this.#end) throw incompleteAnswer('its last event');
    const {finish, usage} = this.#end;
    yield omitUndefined({type: 'reply-end', finish: [finish] as const, usage});
  }

  *#say(kind: SpeechKind, content: JsonObject): Generator<AnswerChunk> {
    const {type = 'text'} = content;
    if (type !== 'text') throw notUnderstood('the model answers with more than text', content);
    yield* spoken(kind, this.#joiner.add(kind, textIn(content, 'text')));
  }
}

type SpeechKind = 'thought' | 'model_output';

function* spoken(kind: SpeechKind, text: string): Generator<AnswerChunk> {
  if (text !== '') yield {type: kind === 'thought' ? 'reasoning-delta' : 'text-delta', candidate: 0, text};
}

/** @throws RetakeError `upstream_failed` for an interaction that is not complete */
function finishOf(interaction: JsonObject, hasCalls: boolean): FinishReason {
  const {status} = interaction;
  switch (status) {
    case 'completed':
    case 'requires_action':
      return {unified: hasCalls ? 'tool-calls' : 'stop', raw: status};
    case 'incomplete':
    case 'budget_exceeded':
      return {unified: 'length', raw: status};
    case 'failed': {
      const [error = {}] = listIn(interaction, 'errors');
      const code = isJsonObject(error) ? error['code'] : undefined;
      if (code === 'safety') return {unified: 'content-filter', raw: status};
      if (code === 'malformed_function_call') return {unified: 'malformed-tool-call', raw: status};
      throw reportedFailure(error);
    }
    default:
      throw incompleteAnswer('a status of its end');
  }
}

function usageOf({usage}: JsonObject): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const inputTokens = countIn(usage['total_input_tokens']);
  if (inputTokens === undefined) return undefined;
  const reasoningTokens = countIn(usage['total_thought_tokens']);
  return omitUndefined({
    inputTokens: inputTokens + (countIn(usage['total_tool_use_tokens']) ?? 0),
    outputTokens: (countIn(usage['total_output_tokens']) ?? 0) + (reasoningTokens ?? 0),
    reasoningTokens: reasoningTokens || undefined,
  });
}
