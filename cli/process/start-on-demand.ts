import type {Upstream} from '../../src/upstream/upstream.js';

/** An upstream that starts with the first request it gets: a run that only replays starts no engine. */
export function startOnDemand(upstream: Upstream): Upstream {
  return {
    model: upstream.model,
    relay: upstream.relay,
    authorize: upstream.authorize,
    needsModelName: upstream.needsModelName,
    spent: upstream.spent,
    tokenLimit: upstream.tokenLimit,
    get state() {
      return upstream.state;
    },
    get modelName() {
      return upstream.modelName;
    },
    start() {},
    ready: signal => upstream.ready(signal),
    close: () => upstream.close(),
  };
}
