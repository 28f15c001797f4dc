import type {MissReport} from '../cassette/miss.js';

/** What became of every question since the proxy started: what `retake run` prints and fails on. */
export type Verdict = {
  readonly played: number;
  readonly recorded: number;
  readonly missed: number;
  readonly live: number;
  /** Questions that the upstream or the recorder failed to answer. */
  readonly failed: number;
  /** What was missed, each question once; the first thousand. */
  readonly misses: readonly MissReport[];
  /** Takes of the cassettes in use that were played, or recorded. */
  readonly used: readonly NamedTake[];
  /** Those that nobody asked for. */
  readonly unused: readonly UnusedTake[];
};

export type NamedTake = {
  readonly cassette: string;
  readonly key: string;
  /** Which take of the interaction, from 1. */
  readonly take: number;
  /** Unix milliseconds: tells it from another one that stands in its place later. */
  readonly recordedAt: number;
};

export type UnusedTake = NamedTake & {
  /** The beginning of what was asked. */
  readonly question: string;
};
