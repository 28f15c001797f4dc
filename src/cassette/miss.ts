import {RetakeError} from '../errors.js';
import type {CassetteKey, MatchingView} from './key/key.js';

/** Why a request has no take: told to the client, kept for the verdict. */
export type MissReport = {
  readonly cassette: string;
  readonly key: CassetteKey;
  /** The beginning of what was asked. */
  readonly question: string;
  /** The request as it was hashed. */
  readonly view: MatchingView;
  /** The recorded request that is most alike, and what differs; absent in an empty cassette. */
  readonly nearest?: {
    readonly key: CassetteKey;
    readonly question: string;
    readonly differences: readonly string[];
  };
  /** The sentence that the client reads. */
  readonly message: string;
};

export class CassetteMiss extends RetakeError {
  readonly report: MissReport;

  constructor(report: MissReport, hint: string) {
    super('cassette_miss', report.message, {hint});
    this.report = report;
  }
}
