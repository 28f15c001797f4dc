import {isJsonObject, type JsonObject, type JsonValue, stringifyJson} from '../../../chat/json.js';
import type {Damaged} from './damaged-event.js';
import {presentIn, textIn} from './members.js';

/** A piece of a call: a name, an id and a place where the server sends them, and a piece of the arguments' JSON text or of the input. */
export type CallFragment = {
  readonly place: number | undefined;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly text: string;
  /** Whether it calls a custom tool, whose input is text instead of JSON. */
  readonly isCustom: boolean;
};

/** The calls in a delta or a message. `function_call` is the older field for a single one. */
export function fragmentsOf(content: JsonObject, damaged: Damaged): readonly CallFragment[] {
  const calls = presentIn(content, 'tool_calls');
  const single = presentIn(content, 'function_call');
  if (calls === undefined && single === undefined) return [];
  const list = calls === undefined ? [] : Array.isArray(calls) ? calls : [calls];
  const fragments = list.length > 0 || single === undefined ? list : [{function: single}];
  return fragments.flatMap((fragment: JsonValue) =>
    fragment === null ? [] : [readFragment(fragment, damaged)],
  );
}

function readFragment(fragment: JsonValue, damaged: Damaged): CallFragment {
  if (!isJsonObject(fragment)) throw damaged('a call is not an object');
  const custom = presentIn(fragment, 'custom');
  const called = custom ?? presentIn(fragment, 'function') ?? fragment;
  if (!isJsonObject(called)) throw damaged('the function of a call is not an object');
  const expected = custom === undefined ? 'function' : 'custom';
  const kind = presentIn(fragment, 'type') ?? expected;
  if (kind !== expected) throw damaged(`a call is of the type ${stringifyJson(kind)}`);
  const place = presentIn(fragment, 'index');
  if (place !== undefined && !Number.isInteger(Number(place))) throw damaged('a call has no index');
  const id = presentIn(fragment, 'id');
  const name = presentIn(called, 'name');
  if (name !== undefined && typeof name !== 'string') throw damaged("a call's name is not text");
  return {
    place: place === undefined ? undefined : Number(place),
    id: id === undefined ? undefined : String(id),
    name: name?.toWellFormed(),
    text: custom === undefined ? argumentsIn(called) : textIn(called, ['input'], damaged),
    isCustom: custom !== undefined,
  };
}

function argumentsIn({arguments: given = null}: JsonObject): string {
  if (given === null) return '';
  return typeof given === 'string' ? given : stringifyJson(given);
}
