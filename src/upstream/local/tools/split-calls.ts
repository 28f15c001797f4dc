import type {TextDelta, TokenLogprob} from '../../../chat/chunk.js';
import {callEnd, callStart} from './call-text.js';
import {endOfObject} from './json-span.js';

/** A piece of an answer: words, or what stands where a call is marked. `isWhole` says that the call was not cut off. */
export type Piece =
  | {readonly type: 'text'; readonly text: string}
  | {readonly type: 'call'; readonly text: string; readonly raw: string; readonly isWhole: boolean};

/**
 * One candidate's text as it comes. It is let through at once, but for an end that may still become the mark of a call; from the first
 * mark on it is held, for the calls have to be whole before they can be told.
 */
export class CallSplitter {
  readonly #held: TextDelta[] = [];
  #hasCall = false;

  /** What can be said already. */
  hear(delta: TextDelta): readonly TextDelta[] {
    this.#held.push(delta);
    if (this.#hasCall) return [];
    const text = this.#text();
    const mark = text.indexOf(callStart);
    this.#hasCall = mark !== -1;
    return this.#release(this.#hasCall ? mark : text.length - lengthOfBeginning(text));
  }

  /** The rest, when the answer has ended: its words if nothing was called, otherwise the calls and what stands between them. */
  end(): {readonly deltas: readonly TextDelta[]; readonly pieces: readonly Piece[]} {
    if (!this.#hasCall) return {deltas: this.#held.splice(0), pieces: []};
    return {deltas: [], pieces: splitCalls(this.#text())};
  }

  #text(): string {
    return this.#held.map(({text}) => text).join('');
  }

  /** The held deltas up to so many characters; the one that lies across is cut, its tokens with it. */
  #release(length: number): readonly TextDelta[] {
    const released: TextDelta[] = [];
    let rest = length;
    for (let first = this.#held[0]; first !== undefined; first = this.#held[0]) {
      if (first.text.length > rest) {
        if (rest > 0) {
          const [before, after] = cut(first, rest);
          released.push(before);
          this.#held[0] = after;
        }
        break;
      }
      // A delta of no text is nothing to hold back, and may carry tokens.
      rest -= first.text.length;
      released.push(first);
      this.#held.shift();
    }
    return released;
  }
}

/** The calls of a text and what stands between them. Space around calls is left out. */
export function splitCalls(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  const addText = (end: number) => {
    const between = text.slice(start, end).trim();
    if (between !== '') pieces.push({type: 'text', text: between});
  };
  for (let mark = text.indexOf(callStart); mark !== -1; mark = text.indexOf(callStart, start)) {
    addText(mark);
    const {call, end, isWhole} = readMarked(text, mark + callStart.length);
    pieces.push({type: 'call', text: call, raw: text.slice(mark, end), isWhole});
    start = end;
  }
  addText(text.length);
  return pieces;
}

/** A call ends with its object, in whose strings the closing mark may stand; without an object it ends with that mark. */
function readMarked(text: string, start: number): {call: string; end: number; isWhole: boolean} {
  const begin = start + (/^\s*/.exec(text.slice(start))?.[0].length ?? 0);
  const objectEnd = text[begin] === '{' ? endOfObject(text, begin) : undefined;
  if (objectEnd !== undefined) {
    const closing = /^\s*<\/tool_call>/.exec(text.slice(objectEnd))?.[0].length ?? 0;
    return {call: text.slice(begin, objectEnd), end: objectEnd + closing, isWhole: true};
  }
  const close = text.indexOf(callEnd, start);
  if (close !== -1)
    return {call: text.slice(begin, close).trim(), end: close + callEnd.length, isWhole: true};
  return {call: text.slice(begin), end: text.length, isWhole: false};
}

/** How many of the last characters may be the beginning of a mark. */
function lengthOfBeginning(text: string): number {
  for (let length = Math.min(text.length, callStart.length - 1); length > 0; length--)
    if (callStart.startsWith(text.slice(-length))) return length;
  return 0;
}

function cut({logprobs, ...delta}: TextDelta, length: number): readonly [TextDelta, TextDelta] {
  const [before, after] = logprobs ? cutTokens(logprobs, length) : [];
  return [
    {...delta, text: delta.text.slice(0, length), ...(before && {logprobs: before})},
    {...delta, text: delta.text.slice(length), ...(after && {logprobs: after})},
  ];
}

/** A token that lies across goes with what comes before. */
function cutTokens(
  tokens: readonly TokenLogprob[],
  length: number,
): readonly [readonly TokenLogprob[], readonly TokenLogprob[]] {
  let end = 0;
  let count = 0;
  while (end < length && count < tokens.length) end += tokens[count++]?.token.length ?? 0;
  return [tokens.slice(0, count), tokens.slice(count)];
}
