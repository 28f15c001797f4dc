import type {AnswerChunk, AnsweredBy, FinishReason, Usage} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, type JsonValue, stringifyJson} from '../../../chat/json.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {RetakeError} from '../../../errors.js';
import {CharacterJoiner} from '../join-characters.js';
import {damagedEvent} from './damaged-event.js';
import {CallDecoder} from './decode-calls.js';
import {decodeFinish, isFailure} from './decode-finish.js';
import {decodeLogprobs, decodeRefusalLogprobs} from './decode-logprobs.js';
import {type NormalChoice, type NormalChunk, normalizeBody, normalizeChunk} from './normalize-chunk.js';
import {UsageCount} from './usage-count.js';

export type CompletionExpectation = {
  readonly candidates: number;
  /** How many alternatives of each token were requested; undefined if log probabilities were not. */
  readonly topLogprobs?: number | undefined;
  /** The requested stop sequences. */
  readonly stops?: readonly string[] | undefined;
  /** Whether the protocol of the server is known so well that an empty answer needs no evidence. */
  readonly trustsEmpty?: boolean | undefined;
  /** Whether the server never ends a stream without `[DONE]`, so that one without it was cut off. */
  readonly endsWithDone?: boolean | undefined;
  /** The model that answers, from the first event. */
  readonly answeredBy: (event: JsonObject) => AnsweredBy;
  /** The error for an error event. */
  readonly eventError: (error: JsonValue) => RetakeError;
};

/** The data of the event that ends an answer. */
export const doneData = '[DONE]';

export type CompletionDecoder = {
  /** The chunks of an event of a stream, by its data. */
  push(data: string): Generator<AnswerChunk>;
  /** The chunks of an answer that is not streamed. */
  pushBody(body: JsonValue): Generator<AnswerChunk>;
  /** What is left at the end, with `reply-end`. */
  end(): Generator<AnswerChunk>;
};

/**
 * Decodes a chat or text completion. It is complete only if every candidate has a finish reason, or content before `[DONE]`, and its
 * events have ended without an error.
 * @throws RetakeError `upstream_failed` if an event is not understood, nothing was understood or the stream ends too early
 */
export function openCompletion({
  candidates,
  topLogprobs,
  stops = [],
  trustsEmpty,
  endsWithDone,
  answeredBy,
  eventError,
}: CompletionExpectation): CompletionDecoder {
  const finish = new Map<number, FinishReason>();
  const usage = new UsageCount(candidates);
  const calls = new CallDecoder();
  const joiner = new CharacterJoiner();
  /** What each candidate has thought, said and declined so far. */
  const told = new Map<string, string>();
  const spoken = new Set<number>();
  let hasStarted = false;
  let isDone = false;
  let prompt: number | undefined;
  let shown = '';
  let unknown: string | undefined;

  function* add(chunk: NormalChunk, data: string): Generator<AnswerChunk> {
    const {event, error, choices} = chunk;
    if (error !== undefined) throw eventError(error);
    const damaged = (problem: string) => damagedEvent(problem, data);
    if (shown === '' || (unknown === undefined && chunk.unknown !== undefined)) shown = data;
    unknown ??= chunk.unknown;
    if (!hasStarted) prompt = promptTokens(chunk) ?? prompt;
    if (!hasStarted && choices.length > 0) {
      hasStarted = true;
      const inputTokens = candidates === 1 ? prompt : undefined;
      yield omitUndefined({type: 'reply-start', answeredBy: answeredBy(event), inputTokens});
    }
    for (const choice of choices) yield* addChoice(choice, event, damaged);
    usage.add(chunk);
  }

  function* addChoice(
    choice: NormalChoice,
    event: JsonObject,
    damaged: (problem: string) => Error,
  ): Generator<AnswerChunk> {
    const {candidate, isMessage} = choice;
    if (candidate >= candidates) throw damaged(`candidate ${candidate} was not requested`);
    if (choice.finish !== undefined && isFailure(choice.finish))
      throw damaged('the server gave the answer up');
    const addTo = (kind: 'reasoning' | 'text' | 'refusal') => {
      if (choice[kind] === '') return '';
      const before = told.get(`${kind} ${candidate}`) ?? '';
      // No refusal begins so: it is a null that became text.
      const given = kind === 'refusal' && before === '' && choice.refusal === 'null' ? '' : choice[kind];
      const more = isMessage ? withoutBeginning(given, before, damaged) : given;
      told.set(`${kind} ${candidate}`, before + more);
      return more;
    };
    const [reasoning, text, refusal] = [addTo('reasoning'), addTo('text'), addTo('refusal')];
    const called = choice.calls.length === 0 ? [] : [...calls.decode(candidate, choice, damaged)];
    const hasCalls = isMessage ? called.length > 0 : choice.calls.length > 0;
    const isContent = text !== '' || refusal !== '' || reasoning !== '' || hasCalls;
    if (isContent && finish.has(candidate)) throw damaged('a candidate continues after its finish reason');
    if (isContent) spoken.add(candidate);
    const logprobs = topLogprobs === undefined ? undefined : decodeLogprobs(choice.logprobs, topLogprobs);
    const refusalLogprobs =
      topLogprobs === undefined ? undefined : decodeRefusalLogprobs(choice.logprobs, topLogprobs);
    const thought = joiner.add(`reasoning ${candidate}`, reasoning);
    const said = joiner.add(`text ${candidate}`, text);
    if (thought) yield {type: 'reasoning-delta', candidate, text: thought};
    if (said || logprobs) yield omitUndefined({type: 'text-delta', candidate, text: said, logprobs});
    const declined = joiner.add(`refusal ${candidate}`, refusal);
    if (declined || refusalLogprobs)
      yield omitUndefined({
        type: 'text-delta',
        candidate,
        text: declined,
        refusal: true,
        logprobs: refusalLogprobs,
      });
    // What the model says after a call is another text.
    if (called.length > 0) yield* speakRest(candidate);
    yield* called;
    const reason = decodeFinish(choice, {event, stops, hasCalls: calls.has(candidate)});
    if (reason?.unified === 'tool-calls' && !calls.has(candidate)) {
      calls.requireNames(candidate);
      throw damaged('it ends with calls, and none was understood');
    }
    if (reason && !finish.has(candidate)) finish.set(candidate, reason);
  }

  /** What waits for the other half of a character. */
  function* speakRest(candidate: number): Generator<AnswerChunk> {
    const thought = joiner.end(`reasoning ${candidate}`);
    const said = joiner.end(`text ${candidate}`);
    const declined = joiner.end(`refusal ${candidate}`);
    if (thought) yield {type: 'reasoning-delta', candidate, text: thought};
    if (said) yield {type: 'text-delta', candidate, text: said};
    if (declined) yield {type: 'text-delta', candidate, text: declined, refusal: true};
  }

  return {
    *push(data) {
      if (data.trim() === doneData) {
        isDone = true;
        return;
      }
      const chunk = normalizeChunk(data);
      if (chunk) yield* add(chunk, data);
    },
    *pushBody(body) {
      isDone = true;
      yield* add(normalizeBody(body), stringifyJson(body));
    },
    *end() {
      if (endsWithDone && !isDone) throw incompleteAnswer('without `[DONE]`');
      for (let candidate = 0; candidate < candidates; candidate++) {
        yield* speakRest(candidate);
      }
      yield* calls.end();
      if (isDone) {
        for (const candidate of spoken) {
          if (finish.has(candidate)) continue;
          finish.set(candidate, {unified: calls.has(candidate) ? 'tool-calls' : 'stop', raw: 'stop'});
        }
      }
      const isUnknown = unknown !== undefined && usage.total()?.outputTokens !== 0;
      const hasNoEnd = isDone && finish.size === 0 && shown !== '';
      if (spoken.size === 0 && (isUnknown || hasNoEnd)) throw notUnderstood(shown, unknown);
      const finished = finishReasons(finish, candidates);
      const counted = usage.total();
      const isEmpty = finished.some((_, candidate) => !spoken.has(candidate));
      if (isEmpty && !trustsEmpty && !isToldAsEmpty({finished, counted, candidates, stops, unknown}))
        throw notUnderstood(shown, unknown);
      yield omitUndefined({type: 'reply-end', finish: finished, usage: counted});
    },
  };
}

/** The token count of the prompt, which llama-server reports with its progress. */
function promptTokens({event}: NormalChunk): number | undefined {
  const progress = event['prompt_progress'];
  const total = isJsonObject(progress) ? progress['total'] : undefined;
  return typeof total === 'number' && Number.isSafeInteger(total) && total > 0 ? total : undefined;
}

/** What a message adds to the text before it: some servers repeat the whole message at the end of its deltas. */
function withoutBeginning(text: string, before: string, damaged: (problem: string) => Error): string {
  if (text.startsWith(before)) return text.slice(before.length);
  if (text === '') return '';
  throw damaged('its message differs from the text before it');
}

/**
 * Whether the server itself says that there is nothing more than was understood: it counts no tokens besides reasoning, at most the one
 * that ends an answer, or it ended the answer for a reason that leaves none.
 */
function isToldAsEmpty({
  finished,
  counted,
  candidates,
  stops,
  unknown,
}: {
  readonly finished: readonly FinishReason[];
  readonly counted: Usage | undefined;
  readonly candidates: number;
  readonly stops: readonly string[];
  readonly unknown: string | undefined;
}): boolean {
  if (counted?.outputTokens === 0) return true;
  if (unknown !== undefined) return false;
  if (counted && counted.outputTokens - (counted.reasoningTokens ?? 0) <= candidates) return true;
  const leavesNothing = ({unified}: FinishReason) => unified === 'content-filter' || unified === 'length';
  return stops.length > 0 || finished.every(leavesNothing);
}

function notUnderstood(data: string, unknown: string | undefined): RetakeError {
  const problem =
    unknown === undefined
      ? 'nothing in it was understood, and the server does not say that the answer is empty'
      : `nothing in it was understood besides the unknown member "${unknown}"`;
  return damagedEvent(problem, data);
}

/** The finish reason of each candidate. @throws RetakeError `upstream_failed` if one is missing */
export function finishReasons(
  finish: ReadonlyMap<number, FinishReason>,
  candidates: number,
): readonly [FinishReason, ...FinishReason[]] {
  const [first, ...rest] = Array.from({length: candidates}, (_, candidate) => finish.get(candidate));
  const others = rest.filter(reason => reason !== undefined);
  if (first === undefined || others.length < rest.length) throw incompleteAnswer('without a finish reason');
  return [first, ...others];
}

function incompleteAnswer(how: string): RetakeError {
  return new RetakeError('upstream_failed', `The upstream's answer ended ${how}: it is not complete`);
}
