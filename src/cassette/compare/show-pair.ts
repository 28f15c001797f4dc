import type {JsonValue} from '../../chat/json.js';
import {canonicalJson} from '../key/key.js';
import {shorten} from '../key/shorten.js';
import {findLookAlike, firstDifferenceOf} from './look-alike.js';

/**
 * Two different values for the reader, each on one short line and never alike: long ones are cut around their first difference, and where
 * they look alike their code points follow.
 */
export function showPair(
  mine: JsonValue | undefined,
  theirs: JsonValue | undefined,
): readonly [string, string] {
  if (typeof mine === 'string' && typeof theirs === 'string') return showTexts(mine, theirs);
  if (mine === undefined) return ['none', shorten(canonicalJson(theirs ?? null))];
  if (theirs === undefined) return [shorten(canonicalJson(mine)), 'none'];
  const [text, other] = [canonicalJson(mine), canonicalJson(theirs)];
  const [shown, otherShown] = cutToDifference(text, other).map(one => shorten(one));
  return withCodePoints([text, other], [shown ?? '', otherShown ?? '']);
}

/** The same for two texts, in quotation marks. */
export function showTexts(mine: string, theirs: string): readonly [string, string] {
  const [shown, otherShown] = cutToDifference(mine, theirs).map(text => JSON.stringify(shorten(text)));
  return withCodePoints([mine, theirs], [shown ?? '', otherShown ?? '']);
}

/** Long texts from a few words before their first difference. */
function cutToDifference(mine: string, theirs: string): readonly [string, string] {
  const same = firstDifferenceOf(mine, theirs) ?? 0;
  if (same <= leadLength) return [mine, theirs];
  const word = mine.lastIndexOf(' ', same - leadLength / 2) + 1;
  const start = Math.max(word, same - leadLength);
  const isHalf = /[\udc00-\udfff]/.test(mine.charAt(start));
  const from = isHalf ? start + 1 : start;
  return [`…${mine.slice(from)}`, `…${theirs.slice(from)}`];
}

/** Characters before a difference that are shown. */
const leadLength = 40;

function withCodePoints(
  [mine, theirs]: readonly [string, string],
  [shown, otherShown]: readonly [string, string],
): readonly [string, string] {
  const alike = findLookAlike(mine, theirs);
  if (!alike) return [shown, otherShown];
  return [`${shown} (${alike.before})`, `${otherShown} (${alike.after})`];
}
