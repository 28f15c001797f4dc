import type {Verdict} from '../cassette/compare/change-verdict.js';
import type {DiffTotals} from './diff-totals.js';
import type {ReportedDiff} from './reported-diff.js';
import type {FindThumbnail} from './thumbnail.js';

/** Marks a text of a terminal report; where there are no colours it returns the text as it is. */
export type Paint = (style: PaintStyle, text: string) => string;
export type PaintStyle = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export type ReportOptions = {
  readonly totals: DiffTotals;
  /** Verdicts that fail a check. */
  readonly failOn: ReadonlySet<Verdict>;
  readonly paint: Paint;
  /** In characters, for formats that go where only so many fit: whole changes are left out, and counted. */
  readonly maxLength?: number;
  /** Finds the small picture of an image or page; absent: none is shown. */
  readonly thumbnail?: FindThumbnail;
  /** Of retake, for formats that name the program. */
  readonly version: string;
};

/**
 * Writes a diff down, in pieces of whole lines: a report of very many changes is written while it is made. Whatever was recorded is
 * data: no format lets it become markup, a command or a terminal's control.
 */
export type ReportFormat = (diff: ReportedDiff, options: ReportOptions) => Iterable<string>;
