import type {CassetteKey} from '../key/key.js';
import {type InteractionRow, interactionId} from '../rows/interaction-row.js';
import type {TakeRow} from '../rows/take-row.js';
import type {Query} from './driver.js';

type JoinedRow = {
  readonly id: string;
  readonly key: CassetteKey;
  readonly request: string;
} & TakeRow;

const joined = `
  FROM retake.interactions i
  JOIN retake.takes t ON t.cassette = i.cassette AND t.interaction = i.id
  WHERE i.cassette = (SELECT id FROM retake.cassettes WHERE name = $1)`;

/** The columns of an interaction with each of its takes; its request comes with the first one only. */
const columns = `i.id, i.key, CASE WHEN t.position = 0 THEN i.request ELSE '' END AS request,
  t.chunks, t.provenance, t.digest`;

/** One interaction, in one round trip. */
export async function findRow(
  query: Query,
  cassette: string,
  key: CassetteKey,
): Promise<InteractionRow | undefined> {
  const rows = await query<JoinedRow>(
    `SELECT ${columns} ${joined} AND i.id = $2 AND i.key = $3 ORDER BY t.position`,
    [cassette, interactionId(key), key],
  );
  return groupTakes(rows)[0]?.row;
}

export type IdentifiedRow = {readonly id: bigint; readonly row: InteractionRow};

/** The first interactions from an id on, in key order, with their takes. */
export async function rowsFrom(
  query: Query,
  cassette: string,
  {start, limit}: {readonly start: bigint; readonly limit: number},
): Promise<readonly IdentifiedRow[]> {
  const rows = await query<JoinedRow>(
    `SELECT ${columns} ${joined} AND i.id IN (
       SELECT id FROM retake.interactions
       WHERE cassette = (SELECT id FROM retake.cassettes WHERE name = $1) AND id >= $2 ORDER BY id LIMIT $3
     ) ORDER BY i.id, t.position`,
    [cassette, start, limit],
  );
  return groupTakes(rows);
}

export type RequestRow = {readonly id: bigint; readonly key: CassetteKey; readonly request: string};

/** The same without their takes. */
export async function requestsFrom(
  query: Query,
  cassette: string,
  {start, limit}: {readonly start: bigint; readonly limit: number},
): Promise<readonly RequestRow[]> {
  const rows = await query<{id: string; key: CassetteKey; request: string}>(
    `SELECT id, key, request FROM retake.interactions
     WHERE cassette = (SELECT id FROM retake.cassettes WHERE name = $1) AND id >= $2 ORDER BY id LIMIT $3`,
    [cassette, start, limit],
  );
  return rows.map(row => ({...row, id: BigInt(row.id)}));
}

/** The interactions of a cassette with these ids. */
export async function rowsOf(
  query: Query,
  cassette: string,
  ids: readonly bigint[],
): Promise<readonly IdentifiedRow[]> {
  if (ids.length === 0) return [];
  const rows = await query<JoinedRow>(
    `SELECT ${columns} FROM retake.interactions i
     JOIN retake.takes t ON t.cassette = i.cassette AND t.interaction = i.id
     WHERE i.cassette = $1 AND i.id = ANY($2::bigint[]) ORDER BY i.id, t.position`,
    [cassette, ids.map(String)],
  );
  return groupTakes(rows);
}

/** Stores those interactions whose ids are new, with their takes, in two statements. Returns their ids. */
export async function insertNew(
  query: Query,
  cassette: string,
  rows: readonly IdentifiedRow[],
): Promise<ReadonlySet<bigint>> {
  if (rows.length === 0) return new Set();
  const inserted = await query<{id: string}>(
    `INSERT INTO retake.interactions
     SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING RETURNING id`,
    [
      cassette,
      rows.map(({id}) => String(id)),
      rows.map(({row}) => row.key),
      rows.map(({row}) => row.request),
    ],
  );
  const ids = new Set(inserted.map(({id}) => BigInt(id)));
  const takes = rows
    .filter(({id}) => ids.has(id))
    .flatMap(({id, row}) => row.takes.map((take, position) => ({id, position, take})));
  await query(
    `INSERT INTO retake.takes
     SELECT $1, * FROM unnest($2::bigint[], $3::integer[], $4::text[], $5::text[], $6::bytea[])`,
    [
      cassette,
      takes.map(({id}) => String(id)),
      takes.map(({position}) => position),
      takes.map(({take}) => take.chunks),
      takes.map(({take}) => take.provenance),
      takes.map(({take}) => take.digest),
    ],
  );
  return ids;
}

/** Removes interactions with their takes. */
export async function removeInteractions(
  query: Query,
  cassette: string,
  ids: readonly bigint[],
): Promise<void> {
  if (ids.length === 0) return;
  await query('DELETE FROM retake.interactions WHERE cassette = $1 AND id = ANY($2::bigint[])', [
    cassette,
    ids.map(String),
  ]);
}

/**
 * Locks an interaction for a change, creating it if there is none, and returns the key that is stored under its id. Everybody who changes
 * its takes holds this lock.
 */
export async function lockInteraction(
  query: Query,
  cassette: string,
  {key, request}: Pick<InteractionRow, 'key' | 'request'>,
): Promise<CassetteKey> {
  const [row] = await query<{key: CassetteKey}>(
    `INSERT INTO retake.interactions AS i VALUES ($1, $2, $3, $4)
     ON CONFLICT (cassette, id) DO UPDATE SET key = i.key RETURNING key`,
    [cassette, interactionId(key), key, request],
  );
  return row?.key ?? key;
}

/** The takes of an interaction of the cassette with this id. */
export async function takesOf(query: Query, cassette: string, id: bigint): Promise<readonly TakeRow[]> {
  return query<TakeRow>(
    `SELECT chunks, provenance, digest FROM retake.takes
     WHERE cassette = $1 AND interaction = $2 ORDER BY position`,
    [cassette, id],
  );
}

/** Writes the takes whose position has another one, and removes those beyond the last. */
export async function writeTakes(
  query: Query,
  cassette: string,
  {id, before, after}: {id: bigint; before: readonly TakeRow[]; after: readonly TakeRow[]},
): Promise<void> {
  for (const [position, {chunks, provenance, digest}] of after.entries()) {
    if (before[position]?.digest.equals(digest)) continue;
    await query(
      `INSERT INTO retake.takes VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (cassette, interaction, position) DO UPDATE
       SET chunks = excluded.chunks, provenance = excluded.provenance, digest = excluded.digest`,
      [cassette, id, position, chunks, provenance, digest],
    );
  }
  if (after.length < before.length) {
    await query('DELETE FROM retake.takes WHERE cassette = $1 AND interaction = $2 AND position >= $3', [
      cassette,
      id,
      after.length,
    ]);
  }
}

/** An interaction with only the takes that were recorded up to a time, in Unix milliseconds; undefined if there are none. */
export function recordedUntil<Row extends InteractionRow>(row: Row, until: number): Row | undefined {
  const takes = row.takes.filter(({provenance}) => recordedAt(provenance) <= until);
  return takes.length > 0 ? {...row, takes} : undefined;
}

function recordedAt(provenance: string): number {
  try {
    return Number((JSON.parse(provenance) as {recordedAt?: unknown}).recordedAt);
  } catch {
    // The code that reads the take reports that it is damaged.
    return 0;
  }
}

function groupTakes(rows: readonly JoinedRow[]): readonly IdentifiedRow[] {
  const grouped: {id: bigint; row: InteractionRow & {takes: TakeRow[]}}[] = [];
  let last: string | undefined;
  for (const {id, key, request, ...take} of rows) {
    if (id !== last) grouped.push({id: BigInt(id), row: {key, request, takes: []}});
    grouped.at(-1)?.row.takes.push(take);
    last = id;
  }
  return grouped;
}
