import type {Announcement} from '../cassette/replay/cassette-context.js';
import type {RetakeError} from '../errors.js';
import {clientClosed} from './client-closed.js';
import type {OpenExchange, Outcome} from './exchange.js';

/** Why a request was not answered, or not to the end of its answer. */
export function errorOf({error, response}: OpenExchange): RetakeError | undefined {
  return error ?? (response.writableFinished ? undefined : clientClosed());
}

/** What the client is to know about its request, with what the live model has said until now. */
export function warningsOf({warnings, announcement}: OpenExchange): readonly string[] {
  return [...new Set([...warnings, ...(announcement?.liveWarnings ?? [])])];
}

/** Whether the fault of the request was played: it may have failed for another reason, or have had no recording. */
export function isFaultyAnswer(exchange: OpenExchange): boolean {
  const {fault, error} = exchange;
  return fault !== undefined && (!error || error.code === 'fault' || error.code === 'client_closed');
}

/** Whether the error in place of an answer is a recorded one. */
export function isErrorTake({announcement}: OpenExchange): boolean {
  return announcement?.isErrorTake?.() ?? false;
}

/** A request that failed was sent to the model, but its answer was not recorded. */
export function outcomeOf(
  {outcome, isErrorTake: isKept}: Announcement,
  error: RetakeError | undefined,
): Outcome {
  return outcome === 'recorded' && error && !isKept?.() ? 'live' : outcome;
}
