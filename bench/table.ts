import type {Measurement, Row, Target} from './bench.js';
import type {EarlierRun} from './earlier-run.js';

/** The widths of the columns are fixed, because a row is printed before the next one is measured. */
const widths = {what: 66, measured: 10, target: 11, verdict: 7, change: 32};

/** The titles of the columns. */
export function renderTitles(isCompared: boolean): string {
  return layOut({
    ...{what: 'what', measured: 'measured', target: 'target', verdict: '', detail: 'detail'},
    change: isCompared ? 'then → now' : undefined,
  });
}

/** One row as a line; with an earlier run, also how it has changed since. */
export function renderRow(row: Row, change?: string): string {
  if ('skipped' in row)
    return layOut({
      what: row.what,
      measured: '',
      target: '',
      verdict: 'skipped',
      change,
      detail: row.skipped,
    });
  return layOut({
    what: row.what,
    measured: show(row, row.measured),
    target: showTarget(row),
    verdict: verdictOf(row) ?? '',
    change,
    detail: row.detail,
  });
}

/** The figure of an earlier run, the new one and their ratio; or why there is no comparison. */
export function describeChange(earlier: EarlierRun, name: string, row: Row): string {
  const then = earlier.find(name, row.what);
  if (then === undefined) return 'not in the earlier run';
  if ('skipped' in then) return 'skipped then';
  if ('skipped' in row) return `${show(then, then.measured)} then`;
  const ratio = then.measured === 0 ? '' : ` (${(row.measured / then.measured).toFixed(2)} ×)`;
  return `${show(then, then.measured)} → ${show(row, row.measured)}${ratio}`;
}

/** Undefined without a target. */
export function verdictOf({measured, target}: Measurement): 'ok' | 'miss' | undefined {
  if (target === undefined) return undefined;
  return meets(measured, target) ? 'ok' : 'miss';
}

type Cells = {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
  readonly verdict: string;
  readonly change?: string | undefined;
  readonly detail: string;
};

function layOut({what, measured, target, verdict, change, detail}: Cells): string {
  const cells = [
    what.padEnd(widths.what),
    measured.padStart(widths.measured),
    target.padStart(widths.target),
    verdict.padEnd(widths.verdict),
    change?.padEnd(widths.change),
    detail,
  ];
  return `  ${cells
    .filter(cell => cell !== undefined)
    .join('  ')
    .trimEnd()}\n`;
}

function meets(measured: number, target: Target): boolean {
  return 'atLeast' in target ? measured >= target.atLeast : measured <= target.atMost;
}

function showTarget(row: Measurement): string {
  const {target} = row;
  if (target === undefined) return '';
  return 'atLeast' in target ? `≥ ${show(row, target.atLeast)}` : `≤ ${show(row, target.atMost)}`;
}

function show({unit}: Pick<Measurement, 'unit'>, figure: number): string {
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
