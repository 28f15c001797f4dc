import {untilAborted} from '../../../async/until-aborted.js';
import {RetakeError} from '../../../errors.js';

/** Watches over one exchange with the upstream: it ends when the client is gone, or when an expected event does not come. */
export type Watch = {
  /** Aborted with the reason when the exchange is to end. */
  readonly signal: AbortSignal;
  /** From now on something must happen within so many milliseconds, or the exchange fails with that sentence. */
  expect(milliseconds: number, sentence: string): void;
  /** Nothing is expected: it is the client's turn. */
  relax(): void;
  /** The promise's result, unless the exchange ends before. */
  until<Result>(promise: Promise<Result>): Promise<Result>;
  /** Ends the exchange, whatever is still under way. */
  close(): void;
};

export function openWatch(client: AbortSignal): Watch {
  const controller = new AbortController();
  const {signal} = controller;
  const leave = () => controller.abort(clientClosed(client.reason));
  let timer: NodeJS.Timeout | undefined;
  const relax = () => clearTimeout(timer);
  if (client.aborted) leave();
  else client.addEventListener('abort', leave, {once: true});
  return {
    signal,
    expect(milliseconds, sentence) {
      relax();
      timer = setTimeout(() => controller.abort(new RetakeError('upstream_timeout', sentence)), milliseconds);
    },
    relax,
    until: promise => unlessAborted(promise, signal),
    close() {
      relax();
      client.removeEventListener('abort', leave);
      controller.abort();
    },
  };
}

/** The promise's result, unless the signal is aborted before: then its reason as an error. */
export function unlessAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return untilAborted(promise, signal, clientClosed);
}

/** The error for an aborted signal: the reason, where it is an error of ours. */
export function clientClosed(reason: unknown): RetakeError {
  if (reason instanceof RetakeError) return reason;
  return new RetakeError('client_closed', 'The client went away before its answer was complete', {
    cause: reason,
  });
}
