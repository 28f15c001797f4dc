import type {CassetteKey} from '../key/key.js';
import {answerDigest} from './answer-digest.js';
import {type InteractionRow, readStoredTake, refuseCollision, requireIntactTake} from './interaction-row.js';
import {type ComparableTake, mergeTakes} from './merge-takes.js';
import type {RecordedRows} from './recorded-rows.js';
import type {TakeRow} from './take-row.js';

/**
 * A stored interaction merged with a session's recordings; the very row that was given if nothing changes.
 * @throws RetakeError `cassette_invalid` when a take of either is damaged
 */
export function mergeRow(
  path: string,
  before: InteractionRow | undefined,
  {key, request, baseline, recorded}: RecordedRows,
): InteractionRow {
  if (before) refuseCollision(path, before.key, key);
  const [only, ...others] = recorded;
  // Nearly all recordings: there is nothing to compare.
  if (!before && baseline.length === 0 && only && others.length === 0) {
    requireIntactTake(path, {key, position: 0}, only.take);
    return {key, request, takes: [only.take]};
  }
  const compare = (row: TakeRow, position: number) => comparableTake(path, key, row, position);
  const current = (before?.takes ?? []).map(compare);
  const merged = mergeTakes(current, {
    baseline: baseline.map(compare),
    recorded: recorded.map(({take, ...rest}, position) => ({...rest, take: compare(take, position)})),
  });
  if (before && sameTakes(current, merged)) return before;
  return {key, request, takes: merged.map(({take}) => take)};
}

/**
 * A stored take, prepared for comparison.
 * @throws RetakeError `cassette_invalid` when it is damaged
 */
export function comparableTake(
  path: string,
  key: CassetteKey,
  row: TakeRow,
  position: number,
): ComparableTake<TakeRow> {
  const take = readStoredTake(path, key, row, position);
  return {
    take: row,
    identity: row.digest.toString('hex'),
    answer: answerDigest(take),
    recordedAt: take.provenance.recordedAt,
  };
}

function sameTakes(a: readonly ComparableTake[], b: readonly ComparableTake[]): boolean {
  return a.length === b.length && a.every(({identity}, index) => identity === b[index]?.identity);
}
