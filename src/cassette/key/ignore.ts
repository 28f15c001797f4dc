import {isJsonObject, type JsonValue} from '../../chat/json.js';
import type {IgnoreRule} from './key-settings.js';
import {mapStrings} from './map-strings.js';
import {isPlaceholder, skipPlaceholders} from './placeholder-pattern.js';

/** Replaces the matches of an ignore rule. */
export const ignoredPlaceholder = '<ignored>';

/** Prepares ignore rules: a pointer's member is removed (an array's item becomes null), a pattern's matches become `<ignored>`. */
export function createIgnorer(rules: readonly IgnoreRule[]): (value: JsonValue) => JsonValue {
  return prepareIgnorer(rules, expression => text => text.replace(expression, ignoredPlaceholder));
}

/** The same for stored requests, which are redacted and masked already: placeholders are not changed. */
export function createStoredIgnorer(rules: readonly IgnoreRule[]): (value: JsonValue) => JsonValue {
  return prepareIgnorer(rules, expression => {
    const outside = skipPlaceholders(expression);
    return text => text.replace(outside, match => (isPlaceholder(match) ? match : ignoredPlaceholder));
  });
}

function prepareIgnorer(
  rules: readonly IgnoreRule[],
  prepareMask: (expression: RegExp) => (text: string) => string,
): (value: JsonValue) => JsonValue {
  const steps = rules.map(rule => {
    if ('pointer' in rule) {
      const path = parsePointer(rule.pointer);
      return (value: JsonValue) => removeAt(value, path);
    }
    const mask = prepareMask(new RegExp(rule.pattern, 'gu'));
    return (value: JsonValue) => mapStrings(value, mask);
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

/** An object that becomes empty is removed, too: absent settings and ignored ones must look alike. */
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
