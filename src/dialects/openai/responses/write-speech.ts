import type {TokenLogprob} from '../../../chat/chunk.js';
import type {Writable} from '../../../chat/json-text.js';
import {encodeTokens} from '../chat-completions/logprobs.js';
import {
  type CallItem,
  type OutputItem,
  type OutputText,
  outputText,
  type ReasoningText,
  type RefusalPart,
  type ResponseStatus,
} from './response-object.js';
import type {CallEvent} from './write-call.js';

export type PartKind = 'text' | 'refusal' | 'reasoning';

/** The content part that is being written. */
type Part = {
  readonly kind: PartKind;
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[];
};

/** The current message or reasoning item, which ends when another item starts. */
export type Speech = {
  readonly id: string;
  readonly index: number;
  /** Its complete parts. */
  readonly before: readonly WirePart[];
  readonly part: Part;
};

type WirePart = OutputText | RefusalPart | ReasoningText;

export function itemPrefix(kind: PartKind): 'msg' | 'rs' {
  return kind === 'reasoning' ? 'rs' : 'msg';
}

export function speechItem(
  {id, before, part}: Speech,
  status: ResponseStatus,
): Exclude<OutputItem, CallItem> {
  const content = [...before, partOf(part)];
  if (part.kind === 'reasoning')
    return {id, type: 'reasoning', status, summary: [], content: content.filter(isReasoning)};
  return {
    id,
    type: 'message',
    status,
    role: 'assistant',
    content: content.filter(one => !isReasoning(one)),
  };
}

function isReasoning(part: WirePart): part is ReasoningText {
  return part.type === 'reasoning_text';
}

export function partOf({kind, text, logprobs}: Part): WirePart {
  switch (kind) {
    case 'text':
      return outputText(text, logprobs);
    case 'refusal':
      return {type: 'refusal', refusal: text};
    case 'reasoning':
      return {type: 'reasoning_text', text};
  }
}

export function beginPart(speech: Speech): CallEvent {
  return ['response.content_part.added', {...placeOf(speech), part: partOf(speech.part)}];
}

export function partDelta(speech: Speech, delta: string, logprobs: readonly TokenLogprob[]): CallEvent {
  const said = {...placeOf(speech), delta};
  switch (speech.part.kind) {
    case 'text':
      return ['response.output_text.delta', {...said, logprobs: encodeTokens(logprobs)}];
    case 'refusal':
      return ['response.refusal.delta', said];
    case 'reasoning':
      return ['response.reasoning_text.delta', said];
  }
}

export function endPart(speech: Speech): readonly CallEvent[] {
  const at = placeOf(speech);
  return [endOfText(speech.part, at), ['response.content_part.done', {...at, part: partOf(speech.part)}]];
}

function endOfText({kind, text, logprobs}: Part, at: {readonly [member: string]: Writable}): CallEvent {
  switch (kind) {
    case 'text':
      return ['response.output_text.done', {...at, text, logprobs: encodeTokens(logprobs)}];
    case 'refusal':
      return ['response.refusal.done', {...at, refusal: text}];
    case 'reasoning':
      return ['response.reasoning_text.done', {...at, text}];
  }
}

function placeOf({id, index, before}: Speech) {
  return {item_id: id, output_index: index, content_index: before.length};
}
