import type {AnswerChunk, AnsweredBy, FinishReason, TokenLogprob} from '../../chat/chunk.js';
import {isJsonObject, type JsonObject, type JsonValue, parseJson} from '../../chat/json.js';
import {RetakeError} from '../../errors.js';
import {decodeLogprobs} from './decode-logprobs.js';
import {UsageCount} from './usage-count.js';

export type AnswerExpectation = {
  readonly candidates: number;
  /** How many alternatives of a token were asked for; absent when no log probabilities were. */
  readonly topLogprobs?: number;
  /** Who answers, by what the first event says. */
  readonly answeredBy: (event: JsonObject) => AnsweredBy;
  /** The error for a failure that an event tells. */
  readonly toldError: (error: JsonValue) => RetakeError;
};

/**
 * Decodes the events of a chat completion, in the order in which they come. The answer ends only when every candidate has said why
 * it finished and the events have ended well.
 * @throws RetakeError `upstream_failed` when an event is damaged, or the end comes too early.
 */
export async function* decodeAnswer(
  events: AsyncIterable<string>,
  {candidates, topLogprobs, answeredBy, toldError}: AnswerExpectation,
): AsyncGenerator<AnswerChunk> {
  const finish = new Map<number, FinishReason>();
  const usage = new UsageCount(candidates);
  let hasStarted = false;
  for await (const data of events) {
    const event = parseEvent(data);
    const {error = null, object, choices = []} = event;
    if (error !== null || object === 'error') throw toldError(error ?? event);
    if (!Array.isArray(choices)) throw damaged('its choices are no list', data);
    if (!hasStarted && choices.length > 0) {
      hasStarted = true;
      yield {type: 'reply-start', answeredBy: answeredBy(event)};
    }
    for (const choice of choices) {
      const {candidate, text, reasoning, logprobs, finishReason} = decodeChoice(choice, topLogprobs, data);
      if (candidate >= candidates) throw damaged(`nobody asked for candidate ${candidate}`, data);
      if ((text || reasoning) && finish.has(candidate))
        throw damaged('it goes on after its finish reason', data);
      if (reasoning) yield {type: 'reasoning-delta', candidate, text: reasoning};
      if (text || logprobs) yield {type: 'text-delta', candidate, text, ...(logprobs && {logprobs})};
      if (finishReason) finish.set(candidate, finishReason);
    }
    usage.add(event);
  }
  yield {type: 'reply-end', finish: allOf(finish, candidates), ...usage.total()};
}

function parseEvent(data: string): JsonObject {
  let event: JsonValue;
  try {
    event = parseJson(data);
  } catch (cause) {
    throw damaged('it is not valid JSON', data, cause);
  }
  if (!isJsonObject(event)) throw damaged('it is no object', data);
  return event;
}

type DecodedChoice = {
  readonly candidate: number;
  readonly text: string;
  readonly reasoning: string;
  readonly logprobs: readonly TokenLogprob[] | undefined;
  readonly finishReason: FinishReason | undefined;
};

/** Reads what is understood; fields of no meaning here are passed over, but what would be a part of the answer is not. */
function decodeChoice(choice: JsonValue, topLogprobs: number | undefined, data: string): DecodedChoice {
  if (!isJsonObject(choice)) throw damaged('a choice is no object', data);
  const {index = 0, delta, finish_reason: reason, logprobs} = choice;
  const content = isJsonObject(delta) ? delta : {};
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0)
    throw damaged('a choice has no index', data);
  if (Array.isArray(content['tool_calls']) && content['tool_calls'].length > 0) {
    throw new RetakeError(
      'not_supported',
      'The upstream answered with a call of a tool, which retake cannot pass on',
    );
  }
  return {
    candidate: index,
    text: textOf(content['content'] ?? content['refusal'], data),
    reasoning: textOf(content['reasoning_content'] ?? content['reasoning'], data),
    logprobs: topLogprobs === undefined ? undefined : decodeLogprobs(logprobs, topLogprobs),
    finishReason:
      typeof reason === 'string' ? {unified: finishReasons[reason] ?? 'other', raw: reason} : undefined,
  };
}

const finishReasons: Readonly<Record<string, FinishReason['unified']>> = {
  stop: 'stop',
  length: 'length',
  content_filter: 'content-filter',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
};

function textOf(value: JsonValue | undefined, data: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw damaged('its content is no text', data);
  return value;
}

function allOf(
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

function damaged(problem: string, data: string, cause?: unknown): RetakeError {
  const beginning = data.length <= 80 ? data : `${data.slice(0, 80)}…`;
  return new RetakeError(
    'upstream_failed',
    `Expected a chunk of a chat completion from the upstream, but ${problem}: ${beginning}`,
    {cause},
  );
}
