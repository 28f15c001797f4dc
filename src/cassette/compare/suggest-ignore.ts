import {isJsonObject, type JsonValue} from '../../chat/json.js';
import {createIgnorer} from '../key/ignore.js';
import {canonicalView, type MatchingView} from '../key/key.js';
import type {IgnoreRule} from '../key/key-settings.js';
import type {IgnoreRuleName} from '../key/named-ignore-rules.js';

/**
 * The `ignore` rules by which a request would match a recorded one, if all their differences look like dates, ids, paths or numbers that
 * change with each run; undefined if they do not. A rule with a name is suggested before a pattern. Every suggestion was tried on both
 * requests.
 */
export function suggestIgnore(
  asked: MatchingView,
  recorded: MatchingView,
): readonly IgnoreRule[] | undefined {
  const rules = [...volatileValues];
  while (!matches(asked, recorded, rules)) {
    const number = rules.length < volatileValues.length + mostNumbers && numberRule(asked, recorded, rules);
    if (!number) return undefined;
    rules.push(number);
  }
  return rules.reduceRight<readonly IgnoreRule[]>((needed, rule) => {
    const others = needed.filter(one => one !== rule);
    return matches(asked, recorded, others) ? others : needed;
  }, rules);
}

const mostNumbers = 5;

const namedValues: readonly IgnoreRuleName[] = [
  'uuid',
  'iso-date',
  'iso-time',
  'unix-time',
  'temp-path',
  'agent-noise',
];

/** Values that change with each run and that no rule with a name covers. */
const otherValues = [
  String.raw`\b\d{1,2}:\d{2}(?::\d{2})?\b`,
  String.raw`(?:/home|/Users|[A-Z]:\\Users)[/\\][^\s"'<>/\\]+`,
  String.raw`\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}\b`,
  String.raw`\b(?:[A-Z][a-z]{2},? )?(?:\d{1,2} )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?(?: \d{1,2},?)? \d{4}\b`,
].map(pattern => ({pattern}));

/** What common values that change with each run look like. Those that come first are suggested before the others. */
const volatileValues: readonly IgnoreRule[] = [...namedValues, ...otherValues];

function matches(asked: MatchingView, recorded: MatchingView, rules: readonly IgnoreRule[]): boolean {
  const ignore = createIgnorer(rules);
  const [mine, theirs] = [ignore(asked), ignore(recorded)];
  return isJsonObject(mine) && isJsonObject(theirs) && canonicalView(mine) === canonicalView(theirs);
}

/** A rule for the first number that differs, known by the words in front of it: all numbers would be too many. */
function numberRule(
  asked: MatchingView,
  recorded: MatchingView,
  rules: readonly IgnoreRule[],
): IgnoreRule | undefined {
  const ignore = createIgnorer(rules);
  const pair = firstDifferentTexts(ignore(asked), ignore(recorded));
  if (!pair) return undefined;
  const [mine, theirs] = pair;
  let same = 0;
  while (same < mine.length && mine[same] === theirs[same]) same++;
  const start = same - (/\d*$/.exec(mine.slice(Math.max(0, same - 20), same))?.[0].length ?? 0);
  const numbers = [mine, theirs].map(text => /^\d+/.exec(text.slice(start))?.[0] ?? '');
  if (numbers.some(number => number === '') || !numbers.some(number => number.length >= fewestDigits)) {
    return undefined;
  }
  const before = /(?:\S+ )?\S*[^\s\d]\S*\s?$/.exec(mine.slice(Math.max(0, start - 40), start))?.[0] ?? '';
  const words = before.slice(-24);
  return words.trim() === '' ? undefined : {pattern: `(?<=${escapePattern(words)})\\d+`};
}

/** Small numbers mean something. */
const fewestDigits = 4;

function firstDifferentTexts(a: JsonValue, b: JsonValue): readonly [string, string] | undefined {
  if (typeof a === 'string' && typeof b === 'string') return a === b ? undefined : [a, b];
  if (Array.isArray(a) && Array.isArray(b)) {
    return firstOf(a.keys(), index => firstDifferentTexts(a[index] ?? null, b[index] ?? null));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return undefined;
  return firstOf(Object.keys(a), name => firstDifferentTexts(a[name] ?? null, b[name] ?? null));
}

function firstOf<Item, Found>(
  items: Iterable<Item>,
  find: (item: Item) => Found | undefined,
): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');
}
