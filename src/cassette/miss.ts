import {RetakeError} from '../errors.js';
import type {CassetteKey, MatchingView} from './key/key.js';
import type {KnownId} from './key/known-ids.js';

/** Why a request has no take: sent to the client, and stored for the verdict. */
export type MissReport = {
  readonly cassette: string;
  readonly key: CassetteKey;
  /** The beginning of the question. */
  readonly question: string;
  /** The request as it was hashed. */
  readonly view: MatchingView;
  /** The nearest recorded request and its differences; absent in a cassette without requests of its kind. */
  readonly nearest?: {
    readonly key: CassetteKey;
    readonly question: string;
    readonly differences: readonly string[];
  };
  /** The ids of a provider that stand as tokens in the view. */
  readonly ids?: readonly ReplacedId[] | undefined;
  /** Whether the provider of the API answers such a request, and no other model. */
  readonly needsProvider?: true | undefined;
  /** The message for the client. */
  readonly message: string;
};

export type ReplacedId = Pick<KnownId, 'id' | 'token' | 'origin'>;

export class CassetteMiss extends RetakeError {
  readonly report: MissReport;

  constructor(
    report: MissReport,
    {hint, status}: {readonly hint: string; readonly status?: number | undefined},
  ) {
    super('cassette_miss', report.message, {hint, status});
    this.report = report;
  }
}
