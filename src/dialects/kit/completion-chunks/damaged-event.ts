import {RetakeError} from '../../../errors.js';

/** Makes the error for a problem with an event. */
export type Damaged = (problem: string) => RetakeError;

const shownLength = 400;

/** The error for an event that is not understood. It shows the event. */
export function damagedEvent(problem: string, data: string, cause?: unknown): RetakeError {
  const beginning = data.length <= shownLength ? data : `${data.slice(0, shownLength)}…`;
  return new RetakeError(
    'upstream_failed',
    `Expected a chunk of a completion from the upstream, but ${problem}: ${beginning}`,
    {cause},
  );
}
