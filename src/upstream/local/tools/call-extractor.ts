import type {TextDelta} from '../../../chat/chunk.js';
import {callEnd, callStart} from './call-text.js';
import {endOfObject, memberText} from './json-span.js';
import type {CallFormat} from './render-tools.js';
import {CallSplitter, type Piece, splitCalls} from './split-calls.js';

/** Extracts the tool calls from the text of one candidate. */
export type CallExtractor = {
  /** Adds text, and returns the text that is certainly no call. */
  push(delta: TextDelta): readonly TextDelta[];
  /** The rest: the remaining text if there was no call, otherwise the calls and the text between them. */
  end(): {readonly deltas: readonly TextDelta[]; readonly pieces: readonly Piece[]};
};

export function createCallExtractor(choice: CallFormat['choice']): CallExtractor {
  return choice === 'free' ? new CallSplitter() : wholeAnswerExtractor(choice);
}

/** For an answer that is constrained to a schema: it is one JSON value, which can be read only when it is complete. */
function wholeAnswerExtractor(choice: 'forced' | 'output'): CallExtractor {
  const held: TextDelta[] = [];
  return {
    push(delta) {
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

/** A server that does not enforce the schema may let the model write the tags. */
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
