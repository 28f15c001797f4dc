import {isDeepStrictEqual} from 'node:util';
import type {AnswerChunk} from '../../../chat/chunk.js';
import {parseJson, stringifyJson} from '../../../chat/json.js';
import type {CallFragment} from './call-fragments.js';
import {isJsonText} from './is-json-text.js';

type CallChunk = Extract<AnswerChunk, {type: 'tool-call-start' | 'tool-call-delta'}>;

type Call = {
  readonly candidate: number;
  readonly place: number | undefined;
  id: string | undefined;
  name: string | undefined;
  /** Its number within the answer, once it has a name. */
  number: number | undefined;
  /** The arguments so far. */
  text: string;
  /** The end of them that has not been passed on. A long text is not looked at again for each of its pieces. */
  held: string;
  hasSent: boolean;
  /** Whether it calls a custom tool: the function that this is for the model has its text as `input`. */
  readonly isCustom: boolean;
  /** The error for a problem with it, which shows the event that began it. */
  readonly damaged: Damaged;
};

type Damaged = (problem: string) => Error;

type Fragments = {
  readonly calls: readonly CallFragment[];
  /** Whether these are the whole calls so far, and not what is added to them. */
  readonly isMessage: boolean;
};

const inputBegins = '{"input":"';
const inputEnds = '"}';

/**
 * Decodes tool calls that arrive in fragments: told apart by their ids, else by their places, else by their order. The calls of each
 * candidate are numbered in the order in which they start; the upstream's ids are random and left out. A call without arguments gets `{}`.
 */
export class CallDecoder {
  readonly #calls: Call[] = [];
  readonly #counts = new Map<number, number>();

  /** Whether the candidate has a call. */
  has(candidate: number): boolean {
    return this.#counts.has(candidate);
  }

  /**
   * The fragments of one event.
   * @throws the error that `damaged` returns for a problem
   */
  *decode(candidate: number, {calls, isMessage}: Fragments, damaged: Damaged): Generator<CallChunk> {
    const before = this.#of(candidate);
    const touched = new Set<Call>();
    for (const [position, fragment] of calls.entries()) {
      const repeated = isMessage ? repeatedCall(before, fragment, position) : undefined;
      const known = isMessage ? repeated : this.#find(candidate, fragment, touched);
      const call = known ?? this.#add(candidate, fragment, damaged);
      touched.add(call);
      const {name} = fragment;
      const sent = call.isCustom ? stringifyJson(fragment.text).slice(1, -1) : fragment.text;
      if (name !== undefined && call.name !== undefined && name !== call.name)
        throw damaged(`the call of ${call.name} goes on as one of ${name}`);
      const text = repeated ? addedArguments(repeated, sent, damaged) : sent;
      call.id ??= fragment.id;
      call.name ??= name;
      call.text += text;
      call.held += text;
      yield* this.#pass(call);
    }
  }

  /** @throws RetakeError that shows the event in which a call of the candidate without a name began */
  requireNames(candidate: number): void {
    const unnamed = this.#of(candidate).find(({number}) => number === undefined);
    if (unnamed) throw unnamed.damaged('a call has no name');
  }

  /** What is left of every call at the end of the answer. @throws RetakeError that shows the event in which a call without a name began */
  *end(): Generator<CallChunk> {
    for (const call of this.#calls) {
      const {candidate, number, text, held, damaged} = call;
      if (number === undefined) throw damaged('a call has no name');
      const isWithout = text.trim() === '' || text.trim() === 'null';
      const rest = isWithout ? '{}' : call.isCustom ? held + inputEnds : held;
      if (rest !== '') yield {type: 'tool-call-delta', candidate, call: number, text: rest.toWellFormed()};
    }
  }

  #of(candidate: number): readonly Call[] {
    return this.#calls.filter(call => call.candidate === candidate);
  }

  #find(candidate: number, fragment: CallFragment, touched: ReadonlySet<Call>): Call | undefined {
    const {place, id, name} = fragment;
    const mine = this.#of(candidate);
    const atPlace = place === undefined ? undefined : mine.findLast(call => call.place === place);
    if (place !== undefined) return atPlace && isSame(atPlace, fragment, touched) ? atPlace : undefined;
    if (id !== undefined) {
      const sameId = mine.findLast(call => call.id === id);
      const isAnother = sameId && name !== undefined && touched.has(sameId) && isJsonText(sameId.text);
      return isAnother ? undefined : sameId;
    }
    const last = mine.at(-1);
    if (name === undefined || last === undefined) return last;
    return isSame(last, fragment, touched) ? last : undefined;
  }

  #add(candidate: number, {place, isCustom}: CallFragment, damaged: Damaged): Call {
    const unnamed = {id: undefined, name: undefined, number: undefined};
    const begins = isCustom ? inputBegins : '';
    const call = {
      candidate,
      place,
      ...unnamed,
      text: begins,
      held: begins,
      hasSent: false,
      isCustom,
      damaged,
    };
    this.#calls.push(call);
    return call;
  }

  /** Passes on the arguments as they come, except that `null` is none, and that a character may be cut in two. */
  *#pass(call: Call): Generator<CallChunk> {
    const {candidate, name} = call;
    if (name === undefined) return;
    if (call.number === undefined) {
      call.number = this.#counts.get(candidate) ?? 0;
      this.#counts.set(candidate, call.number + 1);
      yield {type: 'tool-call-start', candidate, call: call.number, name};
    }
    if (!call.hasSent && 'null'.startsWith(call.held.trim())) return;
    const end = endsInHalf(call.held) ? call.held.length - 1 : call.held.length;
    const text = call.held.slice(0, end);
    call.held = call.held.slice(end);
    if (text === '') return;
    call.hasSent = true;
    yield {type: 'tool-call-delta', candidate, call: call.number, text: text.toWellFormed()};
  }
}

/**
 * Whether a fragment goes on with a call in its place. Some servers give every call the same place but its own id; others repeat name and
 * id in every fragment, or make up an id for each fragment, without a name. Without ids, a name after complete arguments begins another
 * call, and so does a second name in one event.
 */
function isSame(call: Call, {id, name, text}: CallFragment, touched: ReadonlySet<Call>): boolean {
  if (id !== undefined && call.id !== undefined && id !== call.id)
    return name === undefined && call.name !== undefined && call.text !== '' && !isJsonText(call.text);
  if (id !== undefined && call.id !== undefined) return true;
  if (name === undefined || call.name === undefined) return true;
  if (name !== call.name || touched.has(call)) return false;
  return text === '' || !isJsonText(call.text);
}

/** The call that a whole message has again: by its id, else by its position. Calls may have the same id. */
function repeatedCall(before: readonly Call[], {id}: CallFragment, position: number): Call | undefined {
  const there = before[position];
  if (id === undefined || there?.id === id) return there;
  return before.find(call => call.id === id) ?? there;
}

/** The arguments that a whole message adds to a call. */
function addedArguments({text, isCustom}: Call, sent: string, damaged: Damaged): string {
  const before = isCustom ? text.slice(inputBegins.length) : text;
  if (sent.trim() === '' || (!isCustom && isSameJson(sent, before))) return '';
  if (sent.startsWith(before)) return sent.slice(before.length);
  throw damaged('its message differs from the calls before it');
}

function isSameJson(one: string, other: string): boolean {
  try {
    const [first, second] = [one, other].map(text => parseJson(text, {allowsLoneSurrogates: true}));
    return isDeepStrictEqual(first, second);
  } catch {
    // One of them is incomplete, or something else.
    return false;
  }
}

function endsInHalf(text: string): boolean {
  return /[\ud800-\udbff]$/.test(text);
}
