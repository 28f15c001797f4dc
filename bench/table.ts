import {layOutTable} from '../cli/output/table.js';
import type {Measurement, Row, Target} from './bench.js';

/** All rows in one table, grouped by case. */
export function renderTable(rows: readonly Row[]): string {
  const columns = [
    {title: 'what'},
    {title: 'measured', align: 'right'},
    {title: 'target', align: 'right'},
    {title: ''},
    {title: 'detail'},
  ] as const;
  return layOutTable(
    columns,
    rows.map(row =>
      'skipped' in row
        ? [row.what, '', '', 'skipped', row.skipped]
        : [row.what, show(row, row.measured), showTarget(row), verdictOf(row) ?? '', row.detail],
    ),
    undefined,
  );
}

/** Undefined if there is no target. */
export function verdictOf({measured, target}: Measurement): 'ok' | 'miss' | undefined {
  if (target === undefined) return undefined;
  return meets(measured, target) ? 'ok' : 'miss';
}

function meets(measured: number, target: Target): boolean {
  return 'atLeast' in target ? measured >= target.atLeast : measured <= target.atMost;
}

function showTarget(row: Measurement): string {
  const {target} = row;
  if (target === undefined) return '';
  return 'atLeast' in target ? `≥ ${show(row, target.atLeast)}` : `≤ ${show(row, target.atMost)}`;
}

function show({unit}: Measurement, figure: number): string {
  switch (unit) {
    case 'ratio':
      return figure.toFixed(2);
    case 'ms':
      return `${figure.toFixed(figure < 10 ? 1 : 0)} ms`;
    case 'MB':
      return `${figure.toFixed(figure < 10 ? 1 : 0)} MB`;
    case 'streams':
    case 'renders':
      return String(figure);
  }
}
