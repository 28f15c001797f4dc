import {isJsonObject, type JsonValue} from '../../chat/json.js';
import {canonicalJson, isSameJson} from '../key/key.js';
import {shorten} from '../key/shorten.js';
import {showPair} from './show-pair.js';
import type {Wording} from './wording.js';

/** Every place where two values differ, as JSON pointers with both values. */
export function pointerDifferences(
  asked: JsonValue | undefined,
  recorded: JsonValue | undefined,
  wording: Wording,
  pointer = '',
): readonly string[] {
  if (asked === recorded) return [];
  if (isJsonObject(asked) && isJsonObject(recorded)) {
    const names = [...new Set([...Object.keys(asked), ...Object.keys(recorded)])];
    const inner = names.flatMap(name =>
      pointerDifferences(
        Object.hasOwn(asked, name) ? asked[name] : undefined,
        Object.hasOwn(recorded, name) ? recorded[name] : undefined,
        wording,
        `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      ),
    );
    const isReordered = inner.length === 0 && pointer.endsWith('/properties');
    return isReordered ? orderDifference(Object.keys(asked), Object.keys(recorded), wording, pointer) : inner;
  }
  if (Array.isArray(asked) && Array.isArray(recorded) && asked.length === recorded.length) {
    return asked.flatMap((item, index) =>
      pointerDifferences(item, recorded[index], wording, `${pointer}/${index}`),
    );
  }
  if (isSameJson(asked, recorded)) return [];
  return [`${pointer || '/'}: ${describePair(asked, recorded, wording)}`];
}

/** The first place where the same names stand in another order: none if they do not. */
export function orderDifference(
  asked: readonly string[],
  recorded: readonly string[],
  wording: Wording,
  place: string,
): readonly string[] {
  const first = asked.findIndex((name, index) => name !== recorded[index]);
  if (first === -1) return [];
  const [mine, theirs] = [asked, recorded].map(names => listFrom(names, first));
  return [`${place}: the order: ${wording.mine} ${mine}, ${wording.theirs} ${theirs}`];
}

function listFrom(names: readonly string[], first: number): string {
  const shown = names.slice(first, first + 3).map(name => shorten(name, 24));
  const lead = first > 0 ? '…, ' : '';
  return `${lead}${shown.join(', ')}${first + 3 < names.length ? ', …' : ''}`;
}

/** `asked "a", recorded "b"` */
export function describePair(
  asked: JsonValue | undefined,
  recorded: JsonValue | undefined,
  {mine: here, theirs: there}: Wording,
): string {
  const [mine, theirs] = showPair(asked, recorded);
  return `${here} ${mine}, ${there} ${theirs}`;
}

/** A value for the reader, on one short line. */
export function show(value: JsonValue | undefined): string {
  return value === undefined ? 'none' : shorten(canonicalJson(value));
}
