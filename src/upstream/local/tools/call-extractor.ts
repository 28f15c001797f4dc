import type {TextDelta} from '../../../chat/chunk.js';
import {callEnd, callStart} from './call-text.js';
import {endOfObject, memberText} from './json-span.js';
import type {CallManner} from './render-tools.js';
import {CallSplitter, type Piece, splitCalls} from './split-calls.js';

/** Listens to what one candidate says, and finds the calls in it. */
export type CallListener = {
  /** What can be said already. */
  hear(delta: TextDelta): readonly TextDelta[];
  /** The rest: its words if nothing was called, otherwise the calls and what stands between them. */
  end(): {readonly deltas: readonly TextDelta[]; readonly pieces: readonly Piece[]};
};

export function listenForCalls(choice: CallManner['choice']): CallListener {
  return choice === 'free' ? new CallSplitter() : listenToWhole(choice);
}

/** An answer that was held to a schema is one JSON value, and says nothing before it is whole. */
function listenToWhole(choice: 'forced' | 'output'): CallListener {
  const held: TextDelta[] = [];
  return {
    hear(delta) {
      held.push(delta);
      return [];
    },
    end() {
      const text = held.map(delta => delta.text).join('');
      if (text === '') return {deltas: held, pieces: []};
      if (choice === 'forced') return {deltas: [], pieces: forcedCall(text)};
      const call = callInOutput(text);
      return call === undefined
        ? {deltas: held, pieces: []}
        : {deltas: [], pieces: [{type: 'call', text: call, raw: text, isWhole: true}]};
    },
  };
}

/** A server that cannot hold its model to a schema may have let it write the marks. */
function forcedCall(text: string): readonly Piece[] {
  if (text.includes(callStart) || text.includes(callEnd)) return splitCalls(text);
  const begin = text.search(/\S/);
  const isWhole = text[begin] === '{' && endOfObject(text, begin) !== undefined;
  return [{type: 'call', text: text.trim(), raw: text, isWhole}];
}

function callInOutput(text: string): string | undefined {
  const begin = text.search(/\S/);
  if (text[begin] !== '{' || endOfObject(text, begin) === undefined) return undefined;
  return memberText(text, 'tool_call');
}
