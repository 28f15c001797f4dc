import type {UpstreamDescription} from '../../upstream-description.js';
import {unlessAborted} from './watch.js';

/** A description that is asked for when it is needed and none is known. */
export type RememberedDescription = {
  get(signal?: AbortSignal): Promise<UpstreamDescription>;
  /** After a failure: what is known may be out of date. */
  forget(): void;
};

/**
 * Milliseconds for which a llama-server is taken for the one it was: to be started again with another model takes it longer. Asking it
 * costs one of them. Other servers may be far away; they have many models, and refuse a question for one that they no longer have.
 */
const lifetime = 1000;

/** @param now a clock in milliseconds that never goes back */
export function rememberDescription(
  describe: () => Promise<UpstreamDescription>,
  now: () => number = () => performance.now(),
): RememberedDescription {
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
        if (known === asked && isLlamaServer) expiresAt = now() + lifetime;
      },
      // The failure is told to those who wait for it, and not remembered.
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
