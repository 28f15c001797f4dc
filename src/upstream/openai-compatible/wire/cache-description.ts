import {setTimeout as sleep} from 'node:timers/promises';
import type {UpstreamDescription} from '../../upstream-description.js';
import {unlessAborted} from './abort.js';

/** A cached description of the upstream. */
export type CachedDescription = {
  get(signal?: AbortSignal): Promise<UpstreamDescription>;
  /**
   * The same for a question that is sent at the same time, with the last description while a new one is under way: it may be outdated. The
   * question goes first, because a balancer in front of several servers counts connections, and that of the description is over soon.
   */
  refresh(): {
    readonly asked: Promise<UpstreamDescription>;
    readonly outdated: UpstreamDescription | undefined;
  };
  /** Drops the description, which may be outdated after a failure. */
  forget(): void;
};

/**
 * How long the description of a llama-server is cached, in milliseconds: restarting it with another model takes longer. Other servers may be
 * far away; they reject a request for a model that they no longer have.
 */
const llamaServerLifetimeMs = 1000;

/** Milliseconds in which a question is on its way: less than a model takes to begin an answer. */
const questionLeadMs = 5;

export type CacheOptions = {
  /** How long the description is cached. Default: that of a llama-server for a second, that of others for good. */
  readonly lifetimeMs?: number | undefined;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
};

export function cacheDescription(
  describe: () => Promise<UpstreamDescription>,
  {lifetimeMs, now = () => performance.now()}: CacheOptions = {},
): CachedDescription {
  let latest: Promise<UpstreamDescription> | undefined;
  let last: UpstreamDescription | undefined;
  let isUnderWay = false;
  let expiresAt = Number.POSITIVE_INFINITY;
  const forget = () => {
    latest = undefined;
    last = undefined;
  };
  const begin = (lead = 0) => {
    const asked = lead > 0 ? sleep(lead).then(describe) : describe();
    latest = asked;
    isUnderWay = true;
    expiresAt = Number.POSITIVE_INFINITY;
    asked.then(
      described => {
        if (latest !== asked) return;
        last = described;
        isUnderWay = false;
        const lifetime = lifetimeMs ?? (described.isLlamaServer ? llamaServerLifetimeMs : Infinity);
        expiresAt = now() + lifetime;
      },
      // The callers get the failure; it is not cached.
      () => {
        if (latest === asked) forget();
      },
    );
    return asked;
  };
  const current = (lead?: number) => (latest !== undefined && now() < expiresAt ? latest : begin(lead));
  return {
    get(signal) {
      const asked = current();
      return signal ? unlessAborted(asked, signal) : asked;
    },
    refresh() {
      const asked = current(last && questionLeadMs);
      return {asked, outdated: isUnderWay ? last : undefined};
    },
    forget,
  };
}
