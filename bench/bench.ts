import type {Servers} from './servers/create-servers.js';

/** How long a measurement takes. */
export type Effort = {
  /** How many rounds the two sides alternate. */
  readonly rounds: number;
  readonly roundSeconds: number;
  readonly warmUpSeconds: number;
  /** How many times a start, or a live request, is measured. */
  readonly repeats: number;
  /** The number of interactions in a large cassette. */
  readonly manyInteractions: number;
};

export type BenchContext = {
  readonly effort: Effort;
  /** An empty folder of this case. */
  readonly folder: string;
  /** Stopped when the case ends. */
  readonly servers: Servers;
};

/** One line of the table. */
export type Row = Measurement | Skipped;

export type Measurement = {
  readonly what: string;
  readonly measured: number;
  readonly unit: 'ratio' | 'ms' | 'MB' | 'streams' | 'renders';
  /** Absent: a figure for comparison only. */
  readonly target?: Target;
  /** The measurements behind the figure. */
  readonly detail: string;
};

export type Target = {readonly atLeast: number} | {readonly atMost: number};

/** A case that cannot be measured here, and why. */
export type Skipped = {readonly what: string; readonly skipped: string};

export type Bench = {
  readonly name: string;
  readonly summary: string;
  run(context: BenchContext): Promise<readonly Row[]>;
};
