import type {Servers} from './servers/create-servers.js';

/** How long to measure. */
export type Effort = {
  /** How often the servers alternate. */
  readonly rounds: number;
  readonly roundSeconds: number;
  readonly warmUpSeconds: number;
  /** How often a start or a live request is measured. */
  readonly repeats: number;
  /** The size of a large cassette. */
  readonly manyInteractions: number;
  /** The size of a large cassette in a database. */
  readonly storeInteractions: number;
};

export type BenchContext = {
  readonly effort: Effort;
  /** An empty folder for this case. */
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
  /** Undefined for a figure that others are compared with. */
  readonly target?: Target | undefined;
  /** The figures behind it. */
  readonly detail: string;
};

export type Target = {readonly atLeast: number} | {readonly atMost: number};

/** A measurement that is not possible on this machine, and why. */
export type Skipped = {readonly what: string; readonly skipped: string};

export type Bench = {
  readonly name: string;
  readonly summary: string;
  /** An async generator reports each row when it is measured. */
  run(context: BenchContext): Promise<readonly Row[]> | AsyncIterable<Row>;
};
