import type {TextDelta, TokenLogprob} from '../../../chat/chunk.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {callEnd, callStart} from './call-text.js';
import {endOfObject} from './json-span.js';

/** A piece of an answer: text, or the content of a call's tags. `isWhole`: the call was not cut off. */
export type Piece =
  | {readonly type: 'text'; readonly text: string}
  | {readonly type: 'call'; readonly text: string; readonly raw: string; readonly isWhole: boolean};

/**
 * Extracts calls from the text of one candidate while it arrives. Text is passed on at once, except an end that may become the start tag
 * of a call. From the first start tag on it is held back, because a call has to be complete before it can be read.
 */
export class CallSplitter {
  readonly #held: TextDelta[] = [];
  #hasCall = false;

  /** Adds text, and returns the text that is certainly no call. */
  push(delta: TextDelta): readonly TextDelta[] {
    this.#held.push(delta);
    if (this.#hasCall) return [];
    const text = this.#text();
    const tag = text.indexOf(callStart);
    this.#hasCall = tag !== -1;
    return this.#release(this.#hasCall ? tag : text.length - partialTagLength(text));
  }

  /** The rest: the remaining text if there was no call, otherwise the calls and the text between them. */
  end(): {readonly deltas: readonly TextDelta[]; readonly pieces: readonly Piece[]} {
    if (!this.#hasCall) return {deltas: this.#held.splice(0), pieces: []};
    return {deltas: [], pieces: splitCalls(this.#text())};
  }

  #text(): string {
    return this.#held.map(({text}) => text).join('');
  }

  /** The first `length` characters of the held deltas; the delta at the boundary is cut, and its tokens too. */
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
      // A delta without text is passed on: it may carry tokens.
      rest -= first.text.length;
      released.push(first);
      this.#held.shift();
    }
    return released;
  }
}

/** The calls in a text and the text between them, without the white space around calls. */
export function splitCalls(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  const addText = (end: number) => {
    const between = text.slice(start, end).trim();
    if (between !== '') pieces.push({type: 'text', text: between});
  };
  for (let tag = text.indexOf(callStart); tag !== -1; tag = text.indexOf(callStart, start)) {
    addText(tag);
    const {call, end, isWhole} = readTagged(text, tag + callStart.length);
    pieces.push({type: 'call', text: call, raw: text.slice(tag, end), isWhole});
    start = end;
  }
  addText(text.length);
  return pieces;
}

/** A call ends with its JSON object, whose strings may contain the end tag; without an object it ends with the end tag. */
function readTagged(text: string, start: number): {call: string; end: number; isWhole: boolean} {
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

/** How many characters at the end of the text may be the beginning of a start tag. */
function partialTagLength(text: string): number {
  for (let length = Math.min(text.length, callStart.length - 1); length > 0; length--)
    if (callStart.startsWith(text.slice(-length))) return length;
  return 0;
}

function cut({logprobs, ...delta}: TextDelta, length: number): readonly [TextDelta, TextDelta] {
  const [before, after] = logprobs ? cutTokens(logprobs, length) : [];
  return [
    omitUndefined({...delta, text: delta.text.slice(0, length), logprobs: before}),
    omitUndefined({...delta, text: delta.text.slice(length), logprobs: after}),
  ];
}

/** A token at the boundary goes to the first part. */
function cutTokens(
  tokens: readonly TokenLogprob[],
  length: number,
): readonly [readonly TokenLogprob[], readonly TokenLogprob[]] {
  let end = 0;
  let count = 0;
  while (end < length && count < tokens.length) end += tokens[count++]?.token.length ?? 0;
  return [tokens.slice(0, count), tokens.slice(count)];
}
