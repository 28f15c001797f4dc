import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';

export type Column = {
  readonly title: string;
  readonly align?: 'right';
  /** Truncated to the width that the other columns leave. */
  readonly takesRest?: true;
};

const gap = '  ';
const narrowest = 10;

/** Lays out rows below their titles. Widths are terminal cells; without a width, nothing is truncated. */
export function layOutTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string {
  const lines = [columns.map(({title}) => title), ...rows];
  const natural = columns.map((_, index) =>
    lines.reduce((widest, line) => Math.max(widest, cellsOf(line[index] ?? '')), 0),
  );
  const others = columns.reduce(
    (sum, {takesRest}, index) => sum + (takesRest ? 0 : (natural[index] ?? 0)),
    0,
  );
  const rest = Math.max(narrowest, (width ?? Infinity) - others - gap.length * columns.length);
  const widths = columns.map(({takesRest}, index) =>
    Math.min(natural[index] ?? 0, takesRest ? rest : Infinity),
  );
  const layOut = (line: readonly string[]) =>
    columns
      .map(({align}, index) => pad(line[index] ?? '', widths[index] ?? 0, align))
      .join(gap)
      .trimEnd();
  return lines.map(line => `${gap}${layOut(line)}\n`).join('');
}

function pad(text: string, width: number, align: Column['align']): string {
  const cut = cellsOf(text) > width ? cutTo(text, width) : text;
  const space = ' '.repeat(Math.max(0, width - cellsOf(cut)));
  return align === 'right' ? space + cut : cut + space;
}

/** In plain ASCII and our own ellipsis, each character is one cell: the slower libraries are not needed. */
const isPlain = (text: string) => /^[ -~]*…?$/.test(text);

function cellsOf(text: string): number {
  return isPlain(text) ? text.length : stringWidth(text);
}

function cutTo(text: string, cells: number): string {
  return isPlain(text) ? `${text.slice(0, cells - 1)}…` : cliTruncate(text, cells);
}
