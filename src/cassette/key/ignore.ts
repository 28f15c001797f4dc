import {isJsonObject, type JsonValue} from '../../chat/json.js';
import {objectOf} from '../../chat/object-of.js';
import type {IgnoreRule} from './key-settings.js';
import {mapStrings} from './map-strings.js';
import {type NamedPattern, namedIgnoreRules} from './named-ignore-rules.js';
import {isPlaceholder, skipPlaceholders} from './placeholder-pattern.js';

/** Stands for an ignored value without a number. */
const unnumbered = '<ignored>';

/** Removes ignored values, or masks them. */
export type Ignorer = (value: JsonValue) => JsonValue;

/**
 * Prepares ignore rules: a pointer's member is removed (an array's item becomes null), a pattern's matches become `<ignored:1>`,
 * `<ignored:2>` and so on by first appearance: equal values stay equal, and different ones different. The matches of a rule without
 * numbers all become `<ignored>`.
 */
export function createIgnorer(rules: readonly IgnoreRule[]): Ignorer {
  // Cassettes of the time when no rule had numbers keep their keys: there, rules could match within placeholders.
  return prepareIgnorer(rules, {skipsPlaceholders: rules.some(isNumbered)});
}

/** The same for stored requests, which are redacted and masked already: placeholders are not changed, but numbered anew. */
export function createStoredIgnorer(rules: readonly IgnoreRule[]): Ignorer {
  return prepareIgnorer(rules, {skipsPlaceholders: true});
}

/** The stored request with masks without numbers, as rules with `"number": false` make them. */
export function withoutNumbers(value: JsonValue): JsonValue {
  return mapStrings(value, text => text.replace(numberedMask, unnumbered));
}

/**
 * The stored request with numbers in its masks; undefined if it has several masks without one, for then nothing tells which of the values
 * were equal.
 */
export function withNumbers(value: JsonValue): JsonValue | undefined {
  let count = 0;
  const numbered = mapStrings(value, text =>
    text.replaceAll(unnumbered, () => {
      count++;
      return temporaryMask(0);
    }),
  );
  return count > 1 ? undefined : numberMasks(numbered);
}

type Preparation = {readonly skipsPlaceholders: boolean};

function prepareIgnorer(rules: readonly IgnoreRule[], {skipsPlaceholders}: Preparation): Ignorer {
  const steps = rules.flatMap(rule => {
    if (typeof rule === 'object' && 'pointer' in rule) {
      const path = parsePointer(rule.pointer);
      return [() => (value: JsonValue) => removeAt(value, path)];
    }
    const isNumberedRule = isNumbered(rule);
    return patternsOf(rule).map(given => {
      const {pattern, value: same} = typeof given === 'string' ? {pattern: given, value: undefined} : given;
      const plain = new RegExp(pattern, 'gu');
      const expression = skipsPlaceholders ? skipPlaceholders(plain) : plain;
      return (maskOf: (match: string) => string) => {
        const replace = (match: string) => {
          if (skipsPlaceholders && (match === '' || isPlaceholder(match))) return match;
          return isNumberedRule ? maskOf(same ?? match) : unnumbered;
        };
        return (value: JsonValue) => mapStrings(value, text => text.replace(expression, replace));
      };
    });
  });
  if (steps.length === 0) return value => value;
  return value => {
    const values = new Map<string, string>();
    const maskOf = (match: string) => {
      const mask = values.get(match) ?? temporaryMask(values.size);
      values.set(match, mask);
      return mask;
    };
    const masked = steps.reduce((current, step) => step(maskOf)(current), value);
    return skipsPlaceholders ? numberMasks(masked) : masked;
  };
}

function isNumbered(rule: IgnoreRule): boolean {
  return typeof rule === 'string' || ('pattern' in rule && rule.number === true);
}

function patternsOf(rule: Exclude<IgnoreRule, {readonly pointer: string}>): readonly NamedPattern[] {
  return typeof rule === 'string' ? namedIgnoreRules[rule] : [rule.pattern];
}

/** Masks get their numbers when all rules have been applied, in the order in which they stand in the request. */
function temporaryMask(index: number): string {
  return `<ignored:~${index}>`;
}

const numberedMask = /<ignored:~?\d+>/g;

function numberMasks(value: JsonValue): JsonValue {
  const numbers = new Map<string, number>();
  return mapStrings(value, text =>
    text.replace(numberedMask, mask => {
      const number = numbers.get(mask) ?? numbers.size + 1;
      numbers.set(mask, number);
      return `<ignored:${number}>`;
    }),
  );
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
  return objectOf(members);
}
