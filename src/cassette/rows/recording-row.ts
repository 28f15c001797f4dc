import {omitUndefined} from '../../chat/omit-undefined.js';
import {RetakeError} from '../../errors.js';
import type {Recording} from '../cassette.js';
import {type CassetteKey, canonicalView, keyOfCanonicalText} from '../key/key.js';
import {readTakeTexts, type TakeRow, takeRow} from './take-row.js';

/** A recording as it is stored. */
export type RecordingRow = {
  readonly key: CassetteKey;
  readonly request: string;
  readonly take: TakeRow;
  readonly replaces?: number;
};

/** The row of a recording, after a check that it can be read again: a stored take must never turn out to be unusable. */
export function recordingRow({key, view, canonical, take, replaces}: Recording): RecordingRow {
  const request = canonical ?? canonicalView(view);
  if (keyOfCanonicalText(request) !== key) {
    throw new RetakeError('internal', `A recording has the key ${key}, which does not match its request.`);
  }
  const row = takeRow(key, take);
  try {
    readTakeTexts(row);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RetakeError('internal', `An answer cannot be stored: ${reason}.`, {cause});
  }
  return omitUndefined({key, request, take: row, replaces});
}
