import type {AnswerChunk, AnsweredBy, FinishReason, TokenLogprob} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {RetakeError} from '../../../errors.js';
import {CallDecoder} from './decode-calls.js';
import {decodeFinish} from './decode-finish.js';
import {decodeLogprobs} from './decode-logprobs.js';
import {damagedEvent, parseEvent} from './parse-event.js';
import {UsageCount} from './usage-count.js';

export type AnswerExpectation = {
  readonly candidates: number;
  /** How many alternatives of each token were requested; undefined if log probabilities were not. */
  readonly topLogprobs?: number | undefined;
  /** The requested stop sequences. */
  readonly stops?: readonly string[] | undefined;
  /** The model that answers, from the first event. */
  readonly answeredBy: (event: JsonObject) => AnsweredBy;
  /** The error for an error event. */
  readonly eventError: (error: JsonValue) => RetakeError;
};

/**
 * Decodes the events of a chat or text completion as they arrive. The answer is complete only if every candidate has a finish reason and
 * the stream has ended without an error.
 * @throws RetakeError `upstream_failed` if an event is damaged or the stream ends too early
 */
export async function* decodeAnswer(
  events: AsyncIterable<string>,
  {candidates, topLogprobs, stops = [], answeredBy, eventError}: AnswerExpectation,
): AsyncGenerator<AnswerChunk> {
  const finish = new Map<number, FinishReason>();
  const usage = new UsageCount(candidates);
  const calls = new CallDecoder();
  let hasStarted = false;
  for await (const data of events) {
    const event = parseEvent(data);
    const {error = null, object, choices = []} = event;
    if (error !== null || object === 'error') throw eventError(error ?? event);
    if (!Array.isArray(choices)) throw damagedEvent('its choices are not a list', data);
    if (!hasStarted && choices.length > 0) {
      hasStarted = true;
      yield {type: 'reply-start', answeredBy: answeredBy(event)};
    }
    for (const choice of choices) {
      const {candidate, delta, text, reasoning, logprobs} = decodeChoice(choice, topLogprobs, data);
      if (candidate >= candidates) throw damagedEvent(`candidate ${candidate} was not requested`, data);
      const called = [...calls.decode(candidate, delta, problem => damagedEvent(problem, data))];
      if ((text || reasoning || called.length > 0) && finish.has(candidate))
        throw damagedEvent('a candidate continues after its finish reason', data);
      if (reasoning) yield {type: 'reasoning-delta', candidate, text: reasoning};
      if (text || logprobs) yield omitUndefined({type: 'text-delta', candidate, text, logprobs});
      yield* called;
      const reason = decodeFinish(choice, {event, stops, hasCalls: calls.has(candidate)});
      if (reason) finish.set(candidate, reason);
    }
    usage.add(event);
  }
  yield omitUndefined({
    type: 'reply-end',
    finish: finishReasons(finish, candidates),
    usage: usage.total(),
  });
}

type DecodedChoice = {
  readonly candidate: number;
  readonly delta: JsonObject;
  readonly text: string;
  readonly reasoning: string;
  readonly logprobs: readonly TokenLogprob[] | undefined;
};

/** Decodes the known fields of a choice. Unknown fields are ignored; content of an unknown type is an error. */
function decodeChoice(choice: JsonValue, topLogprobs: number | undefined, data: string): DecodedChoice {
  if (!isJsonObject(choice)) throw damagedEvent('a choice is not an object', data);
  const {index = 0, delta, logprobs} = choice;
  const content = isJsonObject(delta) ? delta : {};
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0)
    throw damagedEvent('a choice has no index', data);
  return {
    candidate: index,
    delta: content,
    text: textOf(content['content'] ?? content['refusal'] ?? choice['text'], data),
    reasoning: textOf(content['reasoning_content'] ?? content['reasoning'], data),
    logprobs: topLogprobs === undefined ? undefined : decodeLogprobs(logprobs, topLogprobs),
  };
}

function textOf(value: JsonValue | undefined, data: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw damagedEvent('its content is not text', data);
  return value;
}

/** The finish reason of each candidate. @throws RetakeError `upstream_failed` if one is missing */
export function finishReasons(
  finish: ReadonlyMap<number, FinishReason>,
  candidates: number,
): readonly [FinishReason, ...FinishReason[]] {
  const [first, ...rest] = Array.from({length: candidates}, (_, candidate) => finish.get(candidate));
  const others = rest.filter(reason => reason !== undefined);
  if (first === undefined || others.length < rest.length) {
    throw new RetakeError(
      'upstream_failed',
      "The upstream's answer ended without a finish reason: it is not complete",
    );
  }
  return [first, ...others];
}
