import {readFileSync} from 'node:fs';
import type {Measurement, Row, Skipped} from './bench.js';

/** A row of a run as JSON: with its case and, if it has a target, whether it was met. */
export type RunRow = Row & {readonly case: string; readonly verdict?: 'ok' | 'miss' | undefined};

/** What an earlier run measured. */
export type EarlierRun = {
  readonly rows: readonly EarlierRow[];
  find(name: string, what: string): EarlierRow | undefined;
};

type EarlierRow = {readonly case: string; readonly what: string} & (
  | Pick<Measurement, 'measured' | 'unit'>
  | Pick<Skipped, 'skipped'>
);

const units: readonly string[] = ['ratio', 'ms', 'MB', 'streams', 'renders'] satisfies Measurement['unit'][];

/** Reads what `--json` printed. @throws Error if it is something else */
export function readEarlierRun(file: string): EarlierRun {
  const rows = rowsOf(parse(file));
  if (!rows)
    throw new Error(`${file} is not the JSON of an earlier run: write one with \`--json > ${file}\``);
  return {rows, find: (name, what) => rows.find(row => row.case === name && row.what === what)};
}

/** What only the earlier run measured, of the cases that ran now. */
export function missingNow(earlier: EarlierRun, names: readonly string[], rows: readonly RunRow[]): string[] {
  return earlier.rows
    .filter(then => names.includes(then.case))
    .filter(then => !rows.some(now => now.case === then.case && now.what === then.what))
    .map(then => `${then.case}: ${then.what}`);
}

function parse(file: string): unknown {
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    // Reported with what else can be wrong with it.
    return undefined;
  }
}

function rowsOf(run: unknown): readonly EarlierRow[] | undefined {
  if (!isObject(run) || !Array.isArray(run['rows'])) return undefined;
  const rows: readonly unknown[] = run['rows'];
  return rows.every(isRow) ? rows : undefined;
}

function isRow(row: unknown): row is EarlierRow {
  if (!isObject(row) || typeof row['case'] !== 'string' || typeof row['what'] !== 'string') return false;
  if (typeof row['skipped'] === 'string') return true;
  return typeof row['measured'] === 'number' && units.includes(String(row['unit']));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
