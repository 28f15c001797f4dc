import type {Mode} from '../cassette/modes.js';

/** The settings that a session of the control API has for its requests. */
export type SessionSettings = {
  /** The session in which the request is counted: the one that was named, or the test that runs in it. */
  readonly session: string;
  readonly cassette: string | undefined;
  readonly mode: Mode;
};
