import type {Servers} from './servers/create-servers.js';

/** How long is measured. */
export type Effort = {
  /** How often the sides take turns. */
  readonly rounds: number;
  readonly roundSeconds: number;
  readonly warmUpSeconds: number;
  /** How often a start, or a live question, is measured. */
  readonly repeats: number;
  /** What a large cassette holds. */
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
  /** Absent: the figure is there to compare others with. */
  readonly target?: Target;
  /** The figures behind it. */
  readonly detail: string;
};

export type Target = {readonly atLeast: number} | {readonly atMost: number};

/** What could not be measured here, and why. */
export type Skipped = {readonly what: string; readonly skipped: string};

export type Bench = {
  readonly name: string;
  readonly summary: string;
  run(context: BenchContext): Promise<readonly Row[]>;
};
