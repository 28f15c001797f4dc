import type {AnswerChunk, FinishReason} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, stringifyJson} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import type {AnswerDecoder, AnsweredQuestion} from '../../kit/answer-decoder.js';
import {decodeUsage} from '../../kit/completion-chunks/usage-count.js';
import {incompleteAnswer, notUnderstood, reportedFailure} from '../../kit/provider-failure.js';
import {countIn, listIn, nameIn, objectIn, parseEventData, textIn} from '../../kit/provider-json.js';
import {requestFor} from '../../kit/request-for.js';
import {tokenCountChunks} from '../../kit/single-value-answers.js';
import {unaryDecoder} from '../../kit/unary-decoder.js';
import {type ItemDecoder, openItem, type PieceKind} from './decode-item.js';

/** Reads responses: the mirror of `write-response.ts`. */
export const answerDecoder: AnswerDecoder = {
  decodeBody(body, question) {
    const response = objectIn(body, 'a response');
    const decoder = new ResponseDecoder(question);
    return [...decoder.start(response), ...decoder.finish(response), ...decoder.end()];
  },
  openStream(question) {
    const decoder = new ResponseDecoder(question);
    return {
      push: ({data}) => [...decodeEvent(decoder, data)],
      end: () => [...decoder.end()],
    };
  },
};

/** Reads the answer to a request for the number of input tokens. */
export const countDecoder: AnswerDecoder = unaryDecoder((body, question) =>
  tokenCountChunks(objectIn(body, 'a token count')['input_tokens'], question),
);

/** Events that repeat what others have said, or that report on the provider's own tools. */
const silentEvents =
  /^(?:keepalive|response\.(?:queued|in_progress|content_part\.(?:added|done)|output_text\.(?:done|annotation\.added)|refusal\.done|reasoning_text\.done|reasoning_summary_(?:text\.done|part\.(?:added|done))|function_call_arguments\.done|custom_tool_call_input\.done|(?:web_search_call|file_search_call|code_interpreter_call|code_interpreter_call_code|mcp_call|mcp_call_arguments|mcp_list_tools)\.\w+))$/;

function* decodeEvent(decoder: ResponseDecoder, data: string): Generator<AnswerChunk> {
  const event = parseEventData(data);
  if (event === undefined) return;
  const {type, response} = event;
  if (decoder.isComplete && type !== 'keepalive') throw notUnderstood('it goes on after its end', event);
  switch (type) {
    case 'response.created':
      yield* decoder.start(objectIn(response, 'a response'));
      break;
    case 'response.output_item.added':
      yield* decoder.addItem(placeOf(event), objectIn(event['item'], 'an item'));
      break;
    case 'response.output_text.delta':
    case 'response.refusal.delta':
    case 'response.reasoning_text.delta':
    case 'response.reasoning_summary_text.delta':
    case 'response.function_call_arguments.delta':
    case 'response.custom_tool_call_input.delta':
      yield* decoder.addDelta(placeOf(event), pieceKinds[type], event);
      break;
    case 'response.output_item.done':
      yield* decoder.endItem(placeOf(event), objectIn(event['item'], 'an item'));
      break;
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed':
      yield* decoder.finish(objectIn(response, 'a response'));
      break;
    case 'error':
      throw reportedFailure(event['error'] ?? event);
    default:
      if (typeof type !== 'string' || !silentEvents.test(type))
        throw notUnderstood(`an event is of the type ${stringifyJson(type ?? null)}`, event);
  }
}

const pieceKinds = {
  'response.output_text.delta': 'text',
  'response.refusal.delta': 'refusal',
  'response.reasoning_text.delta': 'reasoning',
  'response.reasoning_summary_text.delta': 'summary',
  'response.function_call_arguments.delta': 'arguments',
  'response.custom_tool_call_input.delta': 'input',
} as const satisfies Readonly<Record<string, PieceKind>>;

function placeOf(event: JsonObject): number {
  const place = countIn(event['output_index']);
  if (place === undefined) throw notUnderstood('an item has no place', event);
  return place;
}

/** A response in the order of its events. The last one repeats the whole output, by which the deltas are checked. */
class ResponseDecoder {
  readonly #modelName: string;
  readonly #topLogprobs: number | undefined;
  readonly #items = new Map<number, ItemDecoder>();
  #hasStarted = false;
  #calls = 0;
  #end: Extract<AnswerChunk, {type: 'reply-end'}> | undefined;

  constructor({request, modelName}: AnsweredQuestion) {
    this.#topLogprobs = requestFor('chat', request).logprobs?.top;
    this.#modelName = modelName;
  }

  get isComplete(): boolean {
    return this.#end !== undefined;
  }

  *start(response: JsonObject): Generator<AnswerChunk> {
    const {error = null} = response;
    if (error !== null) throw reportedFailure(error);
    if (this.#hasStarted) throw notUnderstood('it starts twice', response);
    if (response['object'] !== 'response') throw notUnderstood('it is not a response', response);
    this.#hasStarted = true;
    yield {type: 'reply-start', answeredBy: {model: nameIn(response, 'model') ?? this.#modelName}};
  }

  *addItem(place: number, item: JsonObject): Generator<AnswerChunk> {
    if (!this.#hasStarted || this.#items.has(place)) throw notUnderstood('an item is out of order', item);
    const opened = openItem(item, {call: this.#calls, topLogprobs: this.#topLogprobs});
    this.#items.set(place, opened);
    if (opened.isCall) this.#calls++;
    yield* opened.begin();
  }

  *addDelta(place: number, kind: PieceKind, event: JsonObject): Generator<AnswerChunk> {
    const item = this.#items.get(place);
    if (!item) throw notUnderstood('a delta has no item', event);
    const part = countIn(event['summary_index'] ?? event['content_index']) ?? 0;
    yield* item.add({kind, part, text: textIn(event, 'delta'), logprobs: event['logprobs']}, event);
  }

  *endItem(place: number, item: JsonObject): Generator<AnswerChunk> {
    if (!this.#items.has(place)) yield* this.addItem(place, item);
    const opened = this.#items.get(place);
    if (opened) yield* opened.end(item);
  }

  *finish(response: JsonObject): Generator<AnswerChunk> {
    const {status, error = null, usage, incomplete_details: details} = response;
    if (status === 'failed' || error !== null) throw reportedFailure(error ?? response);
    if (status !== 'completed' && status !== 'incomplete')
      throw incompleteAnswer(`an end: its status is ${stringifyJson(status ?? null)}`);
    if (!this.#hasStarted) throw notUnderstood('it ends before it starts', response);
    for (const [place, item] of listIn(response, 'output').entries())
      yield* this.endItem(place, objectIn(item, 'an item'));
    if ([...this.#items.values()].some(({hasEnded}) => !hasEnded))
      throw notUnderstood('it ends before its items do', response);
    const reason = isJsonObject(details) ? nameIn(details, 'reason') : undefined;
    this.#end = omitUndefined({
      type: 'reply-end',
      finish: [status === 'completed' ? this.#completed() : incompleteReason(reason)] as const,
      usage: isJsonObject(usage) ? decodeUsage(usage) : undefined,
    });
  }

  *end(): Generator<AnswerChunk> {
    if (!this.#end) throw incompleteAnswer('`response.completed`');
    yield this.#end;
  }

  #completed(): FinishReason {
    return {unified: this.#calls > 0 ? 'tool-calls' : 'stop', raw: 'completed'};
  }
}

function incompleteReason(reason = 'incomplete'): FinishReason {
  if (reason === 'max_output_tokens') return {unified: 'length', raw: reason};
  if (reason === 'content_filter') return {unified: 'content-filter', raw: reason};
  return {unified: 'other', raw: reason};
}
