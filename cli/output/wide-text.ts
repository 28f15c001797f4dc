import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import type {TextMeasure} from './table.js';

/** Measures text of any script: East Asian characters and emoji take two cells, marks none. */
export const wideText: TextMeasure = {cellsOf: stringWidth, cutTo: cliTruncate};
