import type {KeySettings} from '../key/key-settings.js';
import {
  readSettings,
  requireSameSettings,
  type SettingRow,
  type StoredSettings,
  settingsRows,
} from '../rows/settings-rows.js';
import {lockForRecording} from './cassette-lock.js';
import type {Query} from './driver.js';

/** The settings of a cassette; undefined while it does not exist. */
export async function readStoredSettings(
  query: Query,
  {shown, name}: {readonly shown: string; readonly name: string},
): Promise<StoredSettings | undefined> {
  const rows = await query<SettingRow & {hasDocuments: boolean}>(
    `SELECT s.name, s.value,
       EXISTS (SELECT 1 FROM retake.renders r WHERE r.cassette = c.id) AS "hasDocuments"
     FROM retake.cassettes c JOIN retake.settings s ON s.cassette = c.id WHERE c.name = $1 ORDER BY s.name`,
    [name],
  );
  if (rows.length === 0) return undefined;
  return {keySettings: readSettings(shown, rows), hasDocuments: rows[0]?.hasDocuments ?? false};
}

/**
 * The id of a cassette that is about to be written to, which is created if there is none. Its settings are checked against those of this
 * process, and document settings are stored with the first document.
 * @throws RetakeError `settings_differ`
 */
export async function claimCassette(
  query: Query,
  options: {
    readonly shown: string;
    readonly name: string;
    readonly keySettings: KeySettings;
    readonly withDocuments: boolean;
  },
): Promise<string> {
  const {shown, name, keySettings, withDocuments} = options;
  await lockForRecording(query, name);
  const id = await findOrCreateCassette(query, name);
  let stored = await readStoredSettings(query, {shown, name});
  if (!stored || (withDocuments && !stored.hasDocuments)) {
    // Only one process at a time decides on settings; the others then see what it decided.
    await query('SELECT id FROM retake.cassettes WHERE id = $1 FOR NO KEY UPDATE', [id]);
    stored = await readStoredSettings(query, {shown, name});
  }
  if (stored) requireSameSettings(shown, stored, keySettings);
  if (!stored || (withDocuments && !stored.hasDocuments)) {
    for (const row of settingsRows(keySettings, {withDocuments})) {
      await query(
        `INSERT INTO retake.settings VALUES ($1, $2, $3)
         ON CONFLICT (cassette, name) DO UPDATE SET value = excluded.value`,
        [id, row.name, row.value],
      );
    }
  }
  return id;
}

export async function findOrCreateCassette(query: Query, name: string): Promise<string> {
  return (await idOf(query, name)) ?? createCassette(query, name);
}

/** Replaces all settings of a cassette. */
export async function replaceSettings(
  query: Query,
  cassette: string,
  rows: readonly SettingRow[],
): Promise<void> {
  await query('DELETE FROM retake.settings WHERE cassette = $1', [cassette]);
  await query('INSERT INTO retake.settings SELECT $1, * FROM unnest($2::text[], $3::text[])', [
    cassette,
    rows.map(({name}) => name),
    rows.map(({value}) => value),
  ]);
}

async function idOf(query: Query, name: string): Promise<string | undefined> {
  const [row] = await query<{id: string}>('SELECT id FROM retake.cassettes WHERE name = $1', [name]);
  return row?.id;
}

async function createCassette(query: Query, name: string): Promise<string> {
  const [row] = await query<{id: string}>(
    `INSERT INTO retake.cassettes AS c (name) VALUES ($1)
     ON CONFLICT (name) DO UPDATE SET name = c.name RETURNING id`,
    [name],
  );
  return String(row?.id);
}
