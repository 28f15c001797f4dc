import {isJsonObject, type JsonValue} from '../../chat/json.js';
import {canonicalJson, isSameJson} from '../key/key.js';
import {shorten} from '../key/shorten.js';
import type {Wording} from './wording.js';

/** The first place where two values differ. */
export function firstDifference(asked: JsonValue, recorded: JsonValue, wording: Wording): string {
  return pointerDifferences(asked, recorded, wording)[0] ?? 'the order of properties';
}

/** Every place where two values differ, as JSON pointers with both values. */
export function pointerDifferences(
  asked: JsonValue | undefined,
  recorded: JsonValue | undefined,
  wording: Wording,
  pointer = '',
): readonly string[] {
  if (asked === undefined && recorded === undefined) return [];
  if (isJsonObject(asked) && isJsonObject(recorded)) {
    const names = [...new Set([...Object.keys(asked), ...Object.keys(recorded)])];
    const inner = names.flatMap(name =>
      pointerDifferences(
        asked[name],
        recorded[name],
        wording,
        `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      ),
    );
    const reordered =
      pointer.endsWith('/properties') && Object.keys(asked).join('\n') !== Object.keys(recorded).join('\n');
    return inner.length === 0 && reordered ? [`${pointer}: the order of properties`] : inner;
  }
  if (Array.isArray(asked) && Array.isArray(recorded) && asked.length === recorded.length) {
    return asked.flatMap((item, index) =>
      pointerDifferences(item, recorded[index], wording, `${pointer}/${index}`),
    );
  }
  if (isSameJson(asked, recorded)) return [];
  return [`${pointer || '/'}: ${wording.mine} ${show(asked)}, ${wording.theirs} ${show(recorded)}`];
}

/** A value for the reader, on one short line. */
export function show(value: JsonValue | undefined): string {
  return value === undefined ? 'none' : shorten(canonicalJson(value));
}
