import type {RecordedRows} from '../rows/recorded-rows.js';
import type {RecordingRow} from '../rows/recording-row.js';
import type {TakeRow} from '../rows/take-row.js';
import type {Query} from './driver.js';

type StoredTake = {
  readonly chunks: string;
  readonly provenance: string;
  readonly digest: string;
  readonly replaces?: number | undefined;
};

/** A run that records again: the replicas that share it, or one process. */
export type Run = {
  readonly id: string;
  /** Whether it begins anew after an hour without a recording, as the sessions that replicas share. */
  readonly expires: boolean;
};

/**
 * All that a run has recorded of an interaction, with this recording, and the takes that were there before the run. Call it with the
 * interaction locked.
 */
export async function noteRerecording(
  query: Query,
  {cassette, run, id}: {readonly cassette: string; readonly run: Run; readonly id: bigint},
  {recording, current}: {readonly recording: RecordingRow; readonly current: readonly TakeRow[]},
): Promise<RecordedRows> {
  const {key, request, take, replaces} = recording;
  const [stored] = await query<{baseline: string; recorded: string}>(
    `SELECT baseline, recorded FROM retake.rerecordings
     WHERE cassette = $1 AND run = $2 AND interaction = $3
       AND (NOT $4 OR touched > clock_timestamp() - interval '1 hour')`,
    [cassette, run.id, id, run.expires],
  );
  const baseline = stored ? readTakes(stored.baseline) : current.map(row => ({take: row}));
  const before = stored ? readTakes(stored.recorded) : [];
  const isKnown = before.some(one => one.replaces === replaces && one.take.digest.equals(take.digest));
  const recorded = isKnown ? before : [...before, {take, ...(replaces !== undefined && {replaces})}];
  await query(
    `INSERT INTO retake.rerecordings VALUES ($1, $2, $3, clock_timestamp(), $4, $5)
     ON CONFLICT (cassette, run, interaction) DO UPDATE
     SET touched = excluded.touched, baseline = excluded.baseline, recorded = excluded.recorded`,
    [cassette, run.id, id, writeTakes(baseline), writeTakes(recorded)],
  );
  return {key, request, baseline: baseline.map(({take: row}) => row), recorded};
}

/** Forgets what a run has replaced. */
export async function endRun(query: Query, run: Run): Promise<void> {
  await query('DELETE FROM retake.rerecordings WHERE run = $1', [run.id]);
}

/** Forgets runs whose processes are gone, and sessions that begin anew anyway. */
export async function removeIdle(query: Query): Promise<void> {
  await query("DELETE FROM retake.rerecordings WHERE touched < clock_timestamp() - interval '1 day'");
  await query("DELETE FROM retake.sessions WHERE touched < clock_timestamp() - interval '1 day'");
}

function writeTakes(takes: readonly {take: TakeRow; replaces?: number}[]): string {
  return JSON.stringify(
    takes.map(({take, replaces}): StoredTake => ({...take, digest: take.digest.toString('hex'), replaces})),
  );
}

function readTakes(text: string): {take: TakeRow; replaces?: number}[] {
  const stored: readonly StoredTake[] = JSON.parse(text);
  return stored.map(({chunks, provenance, digest, replaces}) => ({
    take: {chunks, provenance, digest: Buffer.from(digest, 'hex')},
    ...(replaces !== undefined && {replaces}),
  }));
}
