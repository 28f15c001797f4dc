import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';

export type Column = {
  readonly title: string;
  readonly align?: 'right';
  /** Cut to whatever width the other columns leave. */
  readonly takesRest?: true;
};

const gap = '  ';
const narrowest = 10;

/** Lays out rows below their titles. Widths are those of a terminal's cells; without a width nothing is cut. */
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

/** Of plain ASCII and our own ellipsis, most of all text, each character is a cell; the libraries look for more in each. */
const isPlain = (text: string) => /^[ -~]*…?$/.test(text);

function cellsOf(text: string): number {
  return isPlain(text) ? text.length : stringWidth(text);
}

function cutTo(text: string, cells: number): string {
  return isPlain(text) ? `${text.slice(0, cells - 1)}…` : cliTruncate(text, cells);
}
