import type {Upstream} from '../../src/upstream/upstream.js';

/** An upstream that only a question starts: a run that finds everything recorded wakes no engine. */
export function startOnDemand(upstream: Upstream): Upstream {
  return {
    model: upstream.model,
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
