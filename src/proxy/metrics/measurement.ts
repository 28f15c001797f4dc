import type {MemoStatistics} from '../../http/replay-memo.js';

/** One request to an API that was answered or refused. */
export type Measurement = {
  readonly dialect: string;
  readonly cassette: string;
  readonly outcome: MeasuredOutcome;
  /** Milliseconds. */
  readonly duration: number;
  readonly firstEvent: number | undefined;
  readonly upstream: number | undefined;
  readonly tokens: {readonly input: number; readonly output: number} | undefined;
};

/** `refused`: retake answered with another 4xx. `failed`: the upstream or retake failed. `abandoned`: the client left. */
export type MeasuredOutcome =
  | 'hit'
  | 'recorded'
  | 'live'
  | 'miss'
  | 'fault'
  | 'refused'
  | 'failed'
  | 'abandoned';

/** What is read when metrics are collected. */
export type Gauges = {
  readonly ready: boolean;
  readonly sessions: number;
  readonly memo: MemoStatistics;
  /** Of the cassettes that requests used. */
  readonly revisions: ReadonlyMap<string, number>;
};
