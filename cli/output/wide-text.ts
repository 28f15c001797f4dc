import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';

/** Text in terminal cells. */
export type TextMeasure = {
  cellsOf(text: string): number;
  /** The text shortened to a number of cells, with an ellipsis at its end. */
  cutTo(text: string, cells: number): string;
};

/** Measures text of any script: East Asian characters and emoji take two cells, marks none. */
export const wideText: TextMeasure = {cellsOf: stringWidth, cutTo: cliTruncate};
