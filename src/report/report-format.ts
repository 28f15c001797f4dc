import type {Verdict} from '../cassette/compare/change-verdict.js';
import type {DiffTotals} from './diff-totals.js';
import type {ReportedDiff} from './reported-diff.js';
import type {FindThumbnail} from './thumbnail.js';

/** Colours a text of a terminal report; without colours it returns the text unchanged. */
export type Paint = (style: PaintStyle, text: string) => string;
export type PaintStyle = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export type ReportOptions = {
  readonly totals: DiffTotals;
  /** Verdicts that fail a check. */
  readonly failOn: ReadonlySet<Verdict>;
  readonly paint: Paint;
  /** Maximum length in characters, for formats with a limit: whole changes are omitted and counted. */
  readonly maxLength?: number;
  /** Finds the thumbnail of an image or page. Without it, no thumbnails are shown. */
  readonly thumbnail?: FindThumbnail;
  /** The version of retake, for formats that name the program. */
  readonly version: string;
};

/**
 * Renders a diff in pieces of whole lines, so that a large report is written while it is rendered. Recorded text is data: in no format
 * can it become markup, a command or a control sequence of the terminal.
 */
export type ReportFormat = (diff: ReportedDiff, options: ReportOptions) => Iterable<string>;
