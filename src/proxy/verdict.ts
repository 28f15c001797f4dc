import type {MissReport} from '../cassette/miss.js';
import type {SpentTokens} from '../upstream/upstream.js';

/** The outcome of every request since the proxy started: what `retake run` prints and fails on. */
export type Verdict = {
  /** Requests that got a recorded answer. */
  readonly played: number;
  /** Requests that the upstream answered, and whose answer was recorded. */
  readonly recorded: number;
  /** Those of them whose recording is an error of the upstream. */
  readonly recordedErrors: number;
  /** Requests without a recording, in a mode that does not ask the upstream. */
  readonly missed: number;
  /** Requests that were sent to the upstream in mode `passthrough`. */
  readonly notRecorded: number;
  /** Requests whose answer was not recorded, because their client left and the answer did not end within `finishTimeout`. */
  readonly givenUp: number;
  /** Requests that got a fault, because a header, a rule or an option asked for it. */
  readonly faulted: number;
  /** Requests that failed in the upstream or in retake. */
  readonly failed: number;
  /** Requests that a provider was not sent, because the tokens that may be spent were spent. */
  readonly notSent: number;
  /** Each of them once; at most 1,000. */
  readonly unsent: readonly UnsentRequest[];
  /** Each missed request once; at most 1,000. */
  readonly misses: readonly MissReport[];
  /** Requests that a session sent more often than they were recorded: the last take was played again. */
  readonly repeated: readonly RepeatedRequest[];
  /** Takes (recorded answers) that were played or recorded. */
  readonly used: readonly NamedTake[];
  /** Takes of the same cassettes that no request asked for. */
  readonly unused: readonly UnusedTake[];
  /** With a provider as upstream: the tokens that it counted, for each model. */
  readonly spent?: readonly SpentTokens[] | undefined;
  /** The tokens that may be spent, if there is a limit. */
  readonly tokenLimit?: number | undefined;
};

export type UnsentRequest = {
  readonly cassette: string;
  readonly key: string;
  /** The beginning of the request's text. */
  readonly question: string;
};

export type NamedTake = {
  readonly cassette: string;
  readonly key: string;
  /** Which take of the interaction, from 1. */
  readonly take: number;
  /** Unix milliseconds; distinguishes the take from a later one in its place. */
  readonly recordedAt: number;
};

export type RepeatedRequest = {
  readonly cassette: string;
  readonly key: string;
  /** The beginning of the request's text. */
  readonly question: string;
  /** How many takes there are. */
  readonly takes: number;
  /** How many requests got the last one again. */
  readonly repeats: number;
};

export type UnusedTake = NamedTake & {
  /** The beginning of the request's text. */
  readonly question: string;
};
