import {isJsonObject, type JsonObject, type JsonValue} from '../../chat/json.js';
import {objectOf} from '../../chat/object-of.js';
import type {TakeAnswer} from '../take.js';
import {runBounded} from './bounded-patterns.js';
import {hasNewMatch, replaceMatches} from './compiled-rule.js';
import type {RedactRule} from './key-settings.js';
import {mapStrings} from './map-strings.js';
import {isPlaceholder} from './placeholder-pattern.js';
import {compileRedactRules, createPlaceholders, redactTake, textsOf} from './redact.js';

/** A stored request and its answers after redaction. */
export type StoredRedaction = {
  readonly view: JsonValue;
  redactAnswer(answer: TakeAnswer): TakeAnswer;
};

/**
 * Prepares rules for stored requests, which are redacted and masked already; placeholders are never changed from within. If a rule finds a
 * new secret in a request, its earlier placeholders count as secrets, so that each gets the number that it would get in the original;
 * otherwise the numbers stay.
 */
export function createStoredRedactor(rules: readonly RedactRule[]): (view: JsonValue) => StoredRedaction {
  const compiled = compileRedactRules(rules);
  const isBounded = rules.length > 0;
  const redactPart = (
    part: JsonValue,
    begin: (rule: string) => void,
    isLeft?: (object: JsonObject) => boolean,
  ) => {
    const texts = textsIn(part, isLeft);
    const counts = new Map<string, number>();
    const renumbered = new Set<string>();
    for (const rule of compiled) {
      const {name} = rule;
      begin(name);
      const isNew = texts.some(text => hasNewMatch(rule, text));
      if (isNew) renumbered.add(name);
      else counts.set(name, highestNumber(texts, name));
    }
    const placeholders = createPlaceholders(counts);
    const redactText = (text: string) =>
      compiled.reduce((current, {name, storedMatches}) => {
        begin(name);
        return replaceMatches(current, storedMatches(current), match => {
          const isOurs = match.startsWith(`<redacted:${name}:`) && renumbered.has(name);
          return isPlaceholder(match) && !isOurs ? match : placeholders(name, match);
        });
      }, text);
    return {part: mapStrings(part, redactText, isLeft), redactText};
  };
  const bounded = <Result>(value: JsonValue, work: (begin: (rule: string) => void) => Result) =>
    isBounded ? runBounded(value, work) : work(() => {});
  return view => {
    const {part, redactText} = bounded(view, begin => {
      const withDocuments = mapDocuments(view, document => redactPart(document, begin).part);
      return redactPart(withDocuments, begin, isDocument);
    });
    return {
      view: part,
      redactAnswer: answer => bounded(textsOf(answer), () => redactTake(answer, redactText)),
    };
  };
}

/** The texts of a document were redacted, and numbered, before they became part of a request. */
function isDocument({type, pages}: JsonObject): boolean {
  return type === 'document' && Array.isArray(pages);
}

function mapDocuments(value: JsonValue, map: (document: JsonObject) => JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(item => mapDocuments(item, map));
  if (!isJsonObject(value)) return value;
  if (isDocument(value)) return map(value);
  return objectOf(Object.entries(value).map(([name, member]) => [name, mapDocuments(member, map)]));
}

function textsIn(value: JsonValue, isLeft?: (object: JsonObject) => boolean): readonly string[] {
  const texts: string[] = [];
  const note = (text: string) => {
    texts.push(text);
    return text;
  };
  mapStrings(value, note, isLeft);
  return texts;
}

function highestNumber(texts: readonly string[], name: string): number {
  const expression = new RegExp(`<redacted:${name}:(\\d+)>`, 'g');
  const numbers = texts.flatMap(text => [...text.matchAll(expression)].map(([, number]) => Number(number)));
  return Math.max(0, ...numbers);
}
