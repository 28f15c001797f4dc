import type {AnswerChunk, FinishReason} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, type JsonValue, stringifyJson} from '../../../chat/json.js';
import {isJsonSpace} from '../../../chat/json-text.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AnswerDecoder, AnsweredQuestion} from '../../kit/answer-decoder.js';
import {CharacterJoiner} from '../../kit/join-characters.js';
import {incompleteAnswer, notUnderstood, reportedFailure} from '../../kit/provider-failure.js';
import {countIn, listIn, nameIn, objectIn, parseEventData, textIn} from '../../kit/provider-json.js';
import {requestFor} from '../../kit/request-for.js';
import {tokenCountChunks} from '../../kit/single-value-answers.js';
import {unaryDecoder} from '../../kit/unary-decoder.js';
import {decodeFinishReason} from './finish-reason.js';
import {decodeUsage} from './usage.js';

/** Reads messages: the mirror of `encode-reply.ts` and `encode-stream.ts`. */
export const answerDecoder: AnswerDecoder = {
  decodeBody(body, question) {
    const message = objectIn(body, 'a message');
    if (message['type'] === 'error') throw reportedFailure(message['error'] ?? message);
    if (message['type'] !== 'message') throw notUnderstood('it is not a message', body);
    const decoder = new MessageDecoder(question);
    const content = [
      ...decoder.start({...message, content: []}),
      ...listIn(message, 'content').flatMap((block, index) => [
        ...decoder.startBlock(index, objectIn(block, 'a block')),
        ...decoder.stopBlock(index),
      ]),
    ];
    decoder.finish(message);
    return [...content, ...decoder.end()];
  },
  openStream(question) {
    const decoder = new MessageDecoder(question);
    return {
      push: ({data}) => [...decodeEvent(decoder, data)],
      end: () => [...decoder.end()],
    };
  },
};

export const countDecoder: AnswerDecoder = unaryDecoder((body, question) =>
  tokenCountChunks(objectIn(body, 'a token count')['input_tokens'], question),
);

function* decodeEvent(decoder: MessageDecoder, data: string): Generator<AnswerChunk> {
  const event = parseEventData(data);
  if (event === undefined) return;
  const {type} = event;
  if (type === 'ping') return;
  if (type === 'error') throw reportedFailure(event['error'] ?? event);
  if (decoder.isComplete) throw notUnderstood('it goes on after its end', event);
  switch (type) {
    case 'message_start':
      yield* decoder.start(objectIn(event['message'], 'a message'));
      break;
    case 'content_block_start':
      yield* decoder.startBlock(indexOf(event), objectIn(event['content_block'], 'a block'));
      break;
    case 'content_block_delta':
      yield* decoder.addToBlock(indexOf(event), objectIn(event['delta'], 'a delta'));
      break;
    case 'content_block_stop':
      yield* decoder.stopBlock(indexOf(event));
      break;
    case 'message_delta':
      decoder.change(objectIn(event['delta'], 'a delta'), event);
      break;
    case 'message_stop':
      decoder.finish(event);
      break;
    default:
      throw notUnderstood(`an event is of the type ${stringifyJson(type ?? null)}`, event);
  }
}

function indexOf(event: JsonObject): number {
  const index = countIn(event['index']);
  if (index === undefined) throw notUnderstood('a block has no index', event);
  return index;
}

type OpenBlock =
  | {readonly kind: 'text' | 'thinking' | 'silent'}
  | {readonly kind: 'call'; readonly call: number; readonly input: JsonValue; hasInput: boolean};

/** Blocks without text of the model and without a call for the client: what the provider's own tools did, and what is encrypted. */
const silentBlocks = new Set([
  'redacted_thinking',
  'server_tool_use',
  'web_search_tool_result',
  'web_fetch_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'tool_search_tool_result',
  'advisor_tool_result',
  'mcp_tool_use',
  'mcp_tool_result',
  'mcp_tool_listing',
  'fallback',
]);

/** A message in the order of its events: it starts, each block starts, grows and stops, and it ends. */
class MessageDecoder {
  readonly #modelName: string;
  readonly #open = new Map<number, OpenBlock>();
  readonly #indexes = new Set<number>();
  readonly #joiner = new CharacterJoiner();
  readonly #usages: JsonObject[] = [];
  #hasStarted = false;
  #calls = 0;
  #stopReason: string | undefined;
  #stopSequence: string | undefined;
  #finish: FinishReason | undefined;

  constructor({request, modelName}: AnsweredQuestion) {
    requestFor('chat', request);
    this.#modelName = modelName;
  }

  get isComplete(): boolean {
    return this.#finish !== undefined;
  }

  *start(message: JsonObject): Generator<AnswerChunk> {
    if (this.#hasStarted) throw notUnderstood('it starts twice', message);
    if (listIn(message, 'content').length > 0) throw notUnderstood('it starts with content', message);
    this.#hasStarted = true;
    this.change(message, message);
    yield {type: 'reply-start', answeredBy: {model: nameIn(message, 'model') ?? this.#modelName}};
  }

  *startBlock(index: number, block: JsonObject): Generator<AnswerChunk> {
    if (!this.#hasStarted || this.#indexes.has(index)) throw notUnderstood('a block is out of order', block);
    this.#indexes.add(index);
    const {type} = block;
    if (type === 'text' || type === 'thinking') {
      this.#open.set(index, {kind: type});
      yield* this.#say(type, index, textIn(block, type));
    } else if (type === 'tool_use') {
      const name = nameIn(block, 'name');
      const {input = null} = block;
      if (name === undefined) throw notUnderstood('a call has no name', block);
      if (input !== null && !isJsonObject(input))
        throw notUnderstood('the input of a call is not an object', block);
      const call = this.#calls++;
      this.#open.set(index, {kind: 'call', call, input: input ?? {}, hasInput: false});
      yield {type: 'tool-call-start', candidate: 0, call, name};
    } else if (typeof type === 'string' && silentBlocks.has(type)) {
      this.#open.set(index, {kind: 'silent'});
    } else throw notUnderstood(`a block is of the type ${stringifyJson(type ?? null)}`, block);
  }

  *addToBlock(index: number, delta: JsonObject): Generator<AnswerChunk> {
    const block = this.#open.get(index);
    if (!block) throw notUnderstood('a delta has no block', delta);
    const {type} = delta;
    const {kind} = block;
    if (type === 'text_delta' && kind === 'text') yield* this.#say(kind, index, textIn(delta, 'text'));
    else if (type === 'thinking_delta' && kind === 'thinking')
      yield* this.#say(kind, index, textIn(delta, 'thinking'));
    else if (type === 'input_json_delta' && block.kind === 'call') {
      const text = textIn(delta, 'partial_json').toWellFormed();
      if (text === '') return;
      block.hasInput ||= !isJsonSpace(text);
      yield {type: 'tool-call-delta', candidate: 0, call: block.call, text};
    } else if (!isSilent(type, kind)) {
      throw notUnderstood(
        `a delta of a block of ${kind} is of the type ${stringifyJson(type ?? null)}`,
        delta,
      );
    }
  }

  *stopBlock(index: number): Generator<AnswerChunk> {
    const block = this.#open.get(index);
    if (!block) throw notUnderstood('a block stops that is not open', index);
    this.#open.delete(index);
    if (block.kind === 'call') {
      const {call, input, hasInput} = block;
      if (!hasInput)
        yield {type: 'tool-call-delta', candidate: 0, call, text: stringifyJson(input).toWellFormed()};
    } else if (block.kind !== 'silent') yield* content(block.kind, this.#joiner.end(String(index)));
  }

  /** What a message, or a change to it, says about its end and its usage. */
  change(message: JsonObject, {usage}: JsonObject): void {
    this.#stopReason = nameIn(message, 'stop_reason') ?? this.#stopReason;
    this.#stopSequence = nameIn(message, 'stop_sequence') ?? this.#stopSequence;
    if (isJsonObject(usage)) this.#usages.push(usage);
  }

  finish(shown: JsonObject): void {
    if (!this.#hasStarted || this.#open.size > 0) throw notUnderstood('it ends before its blocks do', shown);
    if (this.#stopReason === undefined) throw incompleteAnswer('a stop reason');
    const hasCalls = this.#calls > 0;
    this.#finish = decodeFinishReason(this.#stopReason, this.#stopSequence, hasCalls);
    if (this.#finish.unified === 'tool-calls' && !hasCalls)
      throw notUnderstood('it ends with calls and has none', shown);
  }

  *end(): Generator<AnswerChunk> {
    if (this.#finish === undefined) throw incompleteAnswer('`message_stop`');
    const usage = decodeUsage(this.#usages);
    yield omitUndefined({type: 'reply-end', finish: [this.#finish] as const, usage});
  }

  *#say(kind: 'text' | 'thinking', index: number, text: string): Generator<AnswerChunk> {
    yield* content(kind, this.#joiner.add(String(index), text));
  }
}

function* content(kind: 'text' | 'thinking', text: string): Generator<AnswerChunk> {
  if (text === '') return;
  yield {type: kind === 'text' ? 'text-delta' : 'reasoning-delta', candidate: 0, text};
}

/** Deltas that add neither text nor arguments of a call. */
function isSilent(type: JsonValue | undefined, kind: OpenBlock['kind']): boolean {
  switch (type) {
    case 'signature_delta':
      return kind === 'thinking';
    case 'citations_delta':
      return kind === 'text';
    case 'input_json_delta':
      return kind === 'silent';
    default:
      return false;
  }
}
