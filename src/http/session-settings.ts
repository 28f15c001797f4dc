import type {Mode} from '../cassette/modes.js';
import type {FaultPlan} from '../faults/fault-plan.js';

/** The settings that a session of the control API has for its requests. */
export type SessionSettings = {
  /** The session in which the request is counted: the one that was named, or the test that runs in it. */
  readonly session: string;
  readonly cassette: string | undefined;
  readonly mode: Mode;
  /** Comes before the plan of the server. */
  readonly faults?: FaultPlan | undefined;
};
