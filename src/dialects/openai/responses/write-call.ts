import type {Writable} from '../../../chat/json-text.js';
import {omitUndefined} from '../../../chat/omit-undefined.js';
import {unreachable} from '../../../errors.js';
import {inputOfArguments} from '../custom-tools.js';
import type {CallForm} from './call-forms.js';
import type {CallItem, ResponseStatus} from './response-object.js';

/** A call that is being written. */
export type Call = {
  readonly index: number;
  readonly id: string;
  readonly callId: string;
  readonly form: CallForm;
  /** The text of its arguments so far. */
  readonly arguments: string;
};

/** An event before it has its number. */
export type CallEvent = readonly [type: string, members: {readonly [member: string]: Writable}];

export const callPrefixes = {function_call: 'fc', custom_tool_call: 'ctc'} as const;

export function callItem(call: Call, status: ResponseStatus): CallItem {
  const {id, callId, form} = call;
  const {type, name, namespace} = form;
  const head = {id, status, call_id: callId, name, namespace};
  switch (type) {
    case 'function_call':
      return omitUndefined({...head, type, arguments: call.arguments});
    case 'custom_tool_call':
      return omitUndefined({
        ...head,
        type,
        input: status === 'in_progress' ? '' : inputOfArguments(call.arguments),
      });
    default:
      return unreachable(type);
  }
}

/** What follows when the model has written more of the arguments. The text of a custom call is known only at its end. */
export function callDelta(call: Call, delta: string): readonly CallEvent[] {
  return call.form.type === 'function_call'
    ? [['response.function_call_arguments.delta', {...placeOf(call), delta}]]
    : [];
}

/** The end of a call. */
export function callEnd(call: Call): readonly CallEvent[] {
  const item = callItem(call, 'completed');
  const done: CallEvent = ['response.output_item.done', {output_index: call.index, item}];
  const place = placeOf(call);
  if (item.type === 'function_call') {
    const {name, arguments: text} = item;
    return [['response.function_call_arguments.done', {...place, name, arguments: text}], done];
  }
  const {input} = item;
  return [
    ['response.custom_tool_call_input.delta', {...place, delta: input}],
    ['response.custom_tool_call_input.done', {...place, input}],
    done,
  ];
}

function placeOf({id, index}: Call) {
  return {item_id: id, output_index: index};
}
