import {hash} from 'node:crypto';
import {type Change, isAskedDifferently} from '../cassette/compare/change.js';
import {lineDifferences} from '../cassette/compare/word-differences.js';
import type {MatchingView} from '../cassette/key/key.js';
import {stringifyJson} from '../chat/json.js';
import {type Conversation, conversationOf, type ShownTurn, settingsText, turnText} from './conversation.js';

/** Changes whose questions changed in the same way. */
export type QuestionGroup = {
  /** What changed in all of them, and in how many: `system prompt, line 3, changed in 20 questions`. */
  readonly title: string;
  readonly changes: readonly [Change, ...Change[]];
};

/** So many changes are a group. */
const smallestGroup = 3;

/** The changes in order, those with the same change of the question as a group in the place of the first one. */
export function groupByQuestion(changes: readonly Change[]): readonly (Change | QuestionGroup)[] {
  const bySignature = new Map<string, Change[]>();
  const signatures = new Map<Change, string>();
  for (const change of changes) {
    const differences = differencesOf(change);
    if (differences.length === 0) continue;
    // The texts of all questions together would take much memory.
    const signature = hash('sha256', JSON.stringify(differences), 'base64');
    signatures.set(change, signature);
    const group = bySignature.get(signature);
    if (group) group.push(change);
    else bySignature.set(signature, [change]);
  }
  return changes.flatMap((change): readonly (Change | QuestionGroup)[] => {
    const group = bySignature.get(signatures.get(change) ?? '') ?? [];
    if (group.length < smallestGroup) return [change];
    const [first] = group;
    if (change !== first) return [];
    return [{title: titleOf(first, group.length), changes: [first, ...group.slice(1)]}];
  });
}

/** The titles of the groups among some changes. */
export function groupTitles(changes: readonly Change[]): readonly string[] {
  return groupByQuestion(changes).flatMap(item => ('title' in item ? [item.title] : []));
}

/** A part of a question that changed, and both texts of it. */
export type QuestionDifference = {readonly part: string; readonly before: string; readonly after: string};

/** How a question changed; empty for a change of the answer alone. */
export function differencesOf(change: Change): readonly QuestionDifference[] {
  if (change.verdict === 'added' || change.verdict === 'removed' || !isAskedDifferently(change)) return [];
  return requestDifferences(change.before.view, change.after.view);
}

/** The parts in which two requests differ. */
export function requestDifferences(old: MatchingView, current: MatchingView): readonly QuestionDifference[] {
  const [before, after] = [conversationOf(old), conversationOf(current)];
  return [
    ...turnDifferences(before, after),
    ...namedDifferences(toolTexts(before), toolTexts(after)),
    ...settingsDifferences(before, after),
  ];
}

/** Most requests have the same settings, which need not be formatted. */
function settingsDifferences(before: Conversation, after: Conversation): QuestionDifference[] {
  if (stringifyJson(before.settings) === stringifyJson(after.settings)) return [];
  return [{part: 'settings', before: settingsText(before), after: settingsText(after)}];
}

function turnDifferences(before: Conversation, after: Conversation): QuestionDifference[] {
  const count = Math.max(before.turns.length, after.turns.length);
  return Array.from({length: count}, (_, index): QuestionDifference[] => {
    const [old, current] = [before.turns[index], after.turns[index]];
    const [was, is] = [turnText(old), turnText(current)];
    return was === is ? [] : [{part: partOf(current ?? old), before: was, after: is}];
  }).flat();
}

function partOf(turn: ShownTurn | undefined): string {
  const role = turn?.role ?? '';
  // A raw question has no turns: it is shown as the request that it is.
  if (role === 'request') return role;
  return role === 'system' || role === 'prompt'
    ? `${role === 'system' ? 'system ' : ''}prompt`
    : `${role} message`;
}

function toolTexts({tools}: Conversation): ReadonlyMap<string, string> {
  return new Map(tools.map(({name, definition}) => [`tool ${name}`, definition]));
}

function namedDifferences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): QuestionDifference[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap(part => {
    const [was, is] = [before.get(part) ?? '', after.get(part) ?? ''];
    return was === is ? [] : [{part, before: was, after: is}];
  });
}

function titleOf(change: Change, count: number): string {
  const parts = differencesOf(change).map(difference => `${difference.part}${placeIn(difference)}`);
  const [named, left] = parts.length > 3 ? [parts.slice(0, 2), parts.length - 2] : [parts, 0];
  const all = left > 0 ? [...named, `${left} more parts`] : named;
  return `${all.join('; ')}${all.length === 1 && all[0]?.includes(', line') ? ',' : ''} changed in ${count} questions`;
}

/** Where a text of several lines changed: `, line 3`, by the lines of what there is now. */
function placeIn({before, after}: QuestionDifference): string {
  if (!before.includes('\n') && !after.includes('\n')) return '';
  if (before === '' || after === '') return '';
  let line = 1;
  const changed: number[] = [];
  for (const {kind, text} of lineDifferences(before, after)) {
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    if (kind !== 'same') changed.push(line, ...(kind === 'added' ? [line + lines - 1] : []));
    if (kind !== 'removed') line += lines;
  }
  const [first, last] = [Math.min(...changed), Math.max(...changed)];
  return first === last ? `, line ${first}` : `, lines ${first}–${last}`;
}
