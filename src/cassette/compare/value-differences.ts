import {isJsonObject, type JsonValue} from '../../chat/json.js';
import {canonicalJson, isSameJson} from '../key/key.js';
import {shorten} from '../key/shorten.js';

/** The first place where two values differ. */
export function firstDifference(asked: JsonValue, recorded: JsonValue): string {
  return pointerDifferences(asked, recorded)[0] ?? 'the order of properties';
}

/** Every place where two values differ, as JSON pointers with both values. */
export function pointerDifferences(
  asked: JsonValue | undefined,
  recorded: JsonValue | undefined,
  pointer = '',
): readonly string[] {
  if (asked === undefined && recorded === undefined) return [];
  if (isJsonObject(asked) && isJsonObject(recorded)) {
    const names = [...new Set([...Object.keys(asked), ...Object.keys(recorded)])];
    const inner = names.flatMap(name =>
      pointerDifferences(
        asked[name],
        recorded[name],
        `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      ),
    );
    const reordered =
      pointer.endsWith('/properties') && Object.keys(asked).join('\n') !== Object.keys(recorded).join('\n');
    return inner.length === 0 && reordered ? [`${pointer}: the order of properties`] : inner;
  }
  if (Array.isArray(asked) && Array.isArray(recorded) && asked.length === recorded.length) {
    return asked.flatMap((item, index) => pointerDifferences(item, recorded[index], `${pointer}/${index}`));
  }
  if (isSameJson(asked, recorded)) return [];
  return [`${pointer || '/'}: asked ${show(asked)}, recorded ${show(recorded)}`];
}

/** A value for the reader, on one short line. */
export function show(value: JsonValue | undefined): string {
  return value === undefined ? 'none' : shorten(canonicalJson(value));
}
