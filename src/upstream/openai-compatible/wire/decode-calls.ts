import type {AnswerChunk} from '../../../chat/chunk.js';
import {isJsonObject, type JsonObject, type JsonValue, stringifyJson} from '../../../chat/json.js';

type CallChunk = Extract<AnswerChunk, {type: 'tool-call-start' | 'tool-call-delta'}>;

type StartedCall = {readonly number: number; readonly name: string; readonly id: JsonValue | undefined};

/**
 * Decodes tool calls that arrive in fragments. The calls of each candidate are numbered in the order in which they start; the upstream's
 * ids are random and left out.
 */
export class CallDecoder {
  readonly #started = new Map<string, StartedCall>();
  readonly #counts = new Map<number, number>();

  /** Whether the candidate has a call. */
  has(candidate: number): boolean {
    return this.#counts.has(candidate);
  }

  /** @throws the error that `damaged` returns for a problem */
  *decode(candidate: number, delta: JsonObject, damaged: (problem: string) => Error): Generator<CallChunk> {
    for (const fragment of fragmentsOf(delta, damaged)) {
      const {name, text, place, id} = readFragment(fragment, damaged);
      let call = this.#started.get(`${candidate} ${place}`);
      if (name !== '' && (call === undefined || isAnother(call, name, id))) {
        call = this.#start(candidate, place, {name, id});
        yield {type: 'tool-call-start', candidate, call: call.number, name};
      }
      if (call === undefined) throw damaged('a call has no name');
      if (text !== '') yield {type: 'tool-call-delta', candidate, call: call.number, text};
    }
  }

  #start(candidate: number, place: number, named: Omit<StartedCall, 'number'>): StartedCall {
    const number = this.#counts.get(candidate) ?? 0;
    this.#counts.set(candidate, number + 1);
    const call = {...named, number};
    this.#started.set(`${candidate} ${place}`, call);
    return call;
  }
}

/** Some servers give every call the same index but its own id; others repeat name and id in every fragment. */
function isAnother(started: StartedCall, name: string, id: JsonValue | undefined): boolean {
  return typeof id === 'string' && id !== '' ? id !== started.id : name !== started.name;
}

/** `function_call` is the older field for a single call. */
function fragmentsOf(delta: JsonObject, damaged: (problem: string) => Error): readonly JsonObject[] {
  const {tool_calls: calls, function_call: single} = delta;
  const fragments = Array.isArray(calls) ? calls : isJsonObject(single) ? [{function: single}] : [];
  return fragments.map(fragment => {
    if (isJsonObject(fragment)) return fragment;
    throw damaged('a call is not an object');
  });
}

function readFragment(
  {index = 0, id, function: called}: JsonObject,
  damaged: (problem: string) => Error,
): {
  readonly name: string;
  readonly text: string;
  readonly place: number;
  readonly id: JsonValue | undefined;
} {
  const {name = null, arguments: given = null} = isJsonObject(called) ? called : {};
  if (typeof index !== 'number') throw damaged('a call has no index');
  if (name !== null && typeof name !== 'string') throw damaged("a call's name is not text");
  const text = given === null ? '' : typeof given === 'string' ? given : stringifyJson(given);
  return {name: name ?? '', text, place: index, id};
}
