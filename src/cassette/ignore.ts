import {isJsonObject, type JsonValue} from '../chat/json.js';
import type {IgnoreRule} from './key-settings.js';
import {mapStrings} from './map-strings.js';

/** What stands in a text for whatever an ignore rule found there. */
const ignoredMark = '<ignored>';

/** Prepares ignore rules: a pointer's member vanishes (an array's item becomes null), a pattern's matches become `<ignored>`. */
export function createIgnorer(rules: readonly IgnoreRule[]): (value: JsonValue) => JsonValue {
  const steps = rules.map(rule => {
    if ('pointer' in rule) {
      const path = parsePointer(rule.pointer);
      return (value: JsonValue) => removeAt(value, path);
    }
    const expression = new RegExp(rule.pattern, 'gu');
    return (value: JsonValue) => mapStrings(value, text => text.replace(expression, ignoredMark));
  });
  return value => steps.reduce((current, step) => step(current), value);
}

/** The reference tokens of a JSON pointer (RFC 6901, section 4). */
function parsePointer(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map(token => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** An object that is empty without the place goes too: absent settings and ignored ones are to look alike. */
function removeAt(value: JsonValue, [token, ...rest]: readonly string[]): JsonValue {
  if (token === undefined) return null;
  if (Array.isArray(value)) {
    return value.map((item: JsonValue, index) => (String(index) === token ? removeAt(item, rest) : item));
  }
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).flatMap(([name, member]): [string, JsonValue][] => {
    if (name !== token) return [[name, member]];
    if (rest.length === 0) return [];
    const left = removeAt(member, rest);
    return isJsonObject(left) && Object.keys(left).length === 0 ? [] : [[name, left]];
  });
  return Object.fromEntries(members);
}
