import type {UpstreamDescription} from '../../upstream-description.js';
import {unlessAborted} from './abort.js';

/** A cached description of the upstream. */
export type CachedDescription = {
  get(signal?: AbortSignal): Promise<UpstreamDescription>;
  /** Drops the description, which may be outdated after a failure. */
  forget(): void;
};

/**
 * How long the description of a llama-server is cached, in milliseconds: restarting it with another model takes longer, and asking again
 * takes about 1 ms. Other servers may be far away; they reject a request for a model that they no longer have.
 */
const lifetimeMs = 1000;

/** @param now a monotonic clock in milliseconds */
export function cacheDescription(
  describe: () => Promise<UpstreamDescription>,
  now: () => number = () => performance.now(),
): CachedDescription {
  let known: Promise<UpstreamDescription> | undefined;
  let expiresAt = Number.POSITIVE_INFINITY;
  const forget = () => {
    known = undefined;
  };
  const begin = () => {
    const asked = describe();
    known = asked;
    expiresAt = Number.POSITIVE_INFINITY;
    asked.then(
      ({isLlamaServer}) => {
        if (known === asked && isLlamaServer) expiresAt = now() + lifetimeMs;
      },
      // The callers get the failure; it is not cached.
      () => {
        if (known === asked) forget();
      },
    );
    return asked;
  };
  return {
    get(signal) {
      const asked = known !== undefined && now() < expiresAt ? known : begin();
      return signal ? unlessAborted(asked, signal) : asked;
    },
    forget,
  };
}
