import type {AnswerChunk, AnsweredBy, FinishReason, TokenLogprob} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, type JsonValue} from '../../../chat/json.js';
import {RetakeError} from '../../../errors.js';
import {CallsUnderWay} from './decode-calls.js';
import {decodeFinish} from './decode-finish.js';
import {decodeLogprobs} from './decode-logprobs.js';
import {damagedEvent, parseEvent} from './parse-event.js';
import {UsageCount} from './usage-count.js';

export type AnswerExpectation = {
  readonly candidates: number;
  /** How many alternatives of a token were asked for; absent when no log probabilities were. */
  readonly topLogprobs?: number;
  /** The texts at which the answer was to end. */
  readonly stops?: readonly string[];
  /** Who answers, by what the first event says. */
  readonly answeredBy: (event: JsonObject) => AnsweredBy;
  /** The error for a failure that an event tells. */
  readonly toldError: (error: JsonValue) => RetakeError;
};

/**
 * Decodes the events of a completion, of a chat or of a text, in the order in which they come. The answer ends only when every candidate has said why
 * it finished and the events have ended well.
 * @throws RetakeError `upstream_failed` when an event is damaged, or the end comes too early.
 */
export async function* decodeAnswer(
  events: AsyncIterable<string>,
  {candidates, topLogprobs, stops = [], answeredBy, toldError}: AnswerExpectation,
): AsyncGenerator<AnswerChunk> {
  const finish = new Map<number, FinishReason>();
  const usage = new UsageCount(candidates);
  const calls = new CallsUnderWay();
  let hasStarted = false;
  for await (const data of events) {
    const event = parseEvent(data);
    const {error = null, object, choices = []} = event;
    if (error !== null || object === 'error') throw toldError(error ?? event);
    if (!Array.isArray(choices)) throw damagedEvent('its choices are no list', data);
    if (!hasStarted && choices.length > 0) {
      hasStarted = true;
      yield {type: 'reply-start', answeredBy: answeredBy(event)};
    }
    for (const choice of choices) {
      const {candidate, delta, text, reasoning, logprobs} = decodeChoice(choice, topLogprobs, data);
      if (candidate >= candidates) throw damagedEvent(`nobody asked for candidate ${candidate}`, data);
      const called = [...calls.decode(candidate, delta, problem => damagedEvent(problem, data))];
      if ((text || reasoning || called.length > 0) && finish.has(candidate))
        throw damagedEvent('it goes on after its finish reason', data);
      if (reasoning) yield {type: 'reasoning-delta', candidate, text: reasoning};
      if (text || logprobs) yield {type: 'text-delta', candidate, text, ...(logprobs && {logprobs})};
      yield* called;
      const reason = decodeFinish(choice, {event, stops, hasCalls: calls.has(candidate)});
      if (reason) finish.set(candidate, reason);
    }
    usage.add(event);
  }
  yield {type: 'reply-end', finish: allOf(finish, candidates), ...usage.total()};
}

type DecodedChoice = {
  readonly candidate: number;
  readonly delta: JsonObject;
  readonly text: string;
  readonly reasoning: string;
  readonly logprobs: readonly TokenLogprob[] | undefined;
};

/** Reads what is understood; fields of no meaning here are passed over, but what would be a part of the answer is not. */
function decodeChoice(choice: JsonValue, topLogprobs: number | undefined, data: string): DecodedChoice {
  if (!isJsonObject(choice)) throw damagedEvent('a choice is no object', data);
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
  if (typeof value !== 'string') throw damagedEvent('its content is no text', data);
  return value;
}

/** Why each candidate finished. @throws RetakeError `upstream_failed` when one has not. */
export function allOf(
  finish: ReadonlyMap<number, FinishReason>,
  candidates: number,
): readonly [FinishReason, ...FinishReason[]] {
  const [first, ...rest] = Array.from({length: candidates}, (_, candidate) => finish.get(candidate));
  const others = rest.filter(reason => reason !== undefined);
  if (first === undefined || others.length < rest.length) {
    throw new RetakeError(
      'upstream_failed',
      "The upstream's answer ended without saying why: it is not complete",
    );
  }
  return [first, ...others];
}
