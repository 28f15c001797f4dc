import {RetakeError} from '../../../errors.js';
import {clientClosed, unlessAborted} from './abort.js';

/** Aborts a request to the upstream when the client closes the connection, or when an expected event does not arrive in time. */
export type Watchdog = {
  /** Aborts with the reason when the request has to end. */
  readonly signal: AbortSignal;
  /** Starts a timeout, in place of an earlier one. When it expires, the request fails with this message. */
  arm(milliseconds: number, message: string): void;
  /** Stops the timeout, for instance while the client reads. */
  disarm(): void;
  /** The promise's result, unless the request ends first. */
  race<Result>(promise: Promise<Result>): Promise<Result>;
  /** Stops watching a request that is over. Aborting it would cost an error with a stack trace. */
  release(): void;
  /** Ends the request and whatever it still has under way. */
  stop(): void;
};

export function startWatchdog(client: AbortSignal): Watchdog {
  const controller = new AbortController();
  const {signal} = controller;
  const abort = () => controller.abort(clientClosed(client.reason));
  let timer: NodeJS.Timeout | undefined;
  const disarm = () => clearTimeout(timer);
  const release = () => {
    disarm();
    client.removeEventListener('abort', abort);
  };
  if (client.aborted) abort();
  else client.addEventListener('abort', abort, {once: true});
  return {
    signal,
    arm(milliseconds, message) {
      disarm();
      timer = setTimeout(() => controller.abort(new RetakeError('upstream_timeout', message)), milliseconds);
    },
    disarm,
    race: promise => unlessAborted(promise, signal),
    release,
    stop() {
      release();
      controller.abort();
    },
  };
}
