import type {TextMeasure} from './wide-text.js';

export type Column = {
  readonly title: string;
  readonly align?: 'right' | undefined;
  /** Truncated to the width that the other columns leave. */
  readonly takesRest?: true;
};

const gap = '  ';
const narrowest = 10;

/** Lays out rows below their titles. Widths are terminal cells; without a width, nothing is truncated. */
export async function layOutTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): Promise<string> {
  const lines = [columns.map(({title}) => title), ...rows];
  // The libraries for other text take as long to load as all of `retake ls`.
  const measure = lines.flat().every(isPlain) ? plainText : (await import('./wide-text.js')).wideText;
  const {cellsOf} = measure;
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
      .map(({align}, index) => pad(line[index] ?? '', widths[index] ?? 0, {align, measure}))
      .join(gap)
      .trimEnd();
  return lines.map(line => `${gap}${layOut(line)}\n`).join('');
}

function pad(
  text: string,
  width: number,
  {align, measure: {cellsOf, cutTo}}: Pick<Column, 'align'> & {readonly measure: TextMeasure},
): string {
  const cut = cellsOf(text) > width ? cutTo(text, width) : text;
  const space = ' '.repeat(Math.max(0, width - cellsOf(cut)));
  return align === 'right' ? space + cut : cut + space;
}

/** Whether each character is one cell: in plain ASCII, and in our own ellipsis and signs. */
const isPlain = (text: string) => /^[ -~≠]*…?$/.test(text);

const plainText: TextMeasure = {
  cellsOf: text => text.length,
  cutTo: (text, cells) => `${text.slice(0, cells - 1)}…`,
};
