import type {Cassette} from '../../cassette/cassette.js';
import {CassetteMiss} from '../../cassette/miss.js';
import type {Ended} from '../../http/exchange.js';
import type {Gauges, MeasuredOutcome, Measurement} from './measurement.js';
import type {Prometheus} from './prometheus.js';

export type Metrics = {
  note(ended: Ended): void;
  /** All metrics in the text format of Prometheus, with its content type. */
  render(): Promise<{readonly contentType: string; readonly text: string}>;
};

/** Measurements that wait until they are collected: the code that counts them is loaded only then, so that a replay starts fast. */
const waitingLimit = 1000;
/** Each cassette is a label, and each label costs memory in Prometheus. */
const labelLimit = 200;

export function createMetrics(options: {readonly gauges: () => Omit<Gauges, 'revisions'>}): Metrics {
  const cassettes = new Map<string, Cassette>();
  let waiting: Measurement[] = [];
  let prometheus: Promise<Prometheus> | undefined;
  const gauges = (): Gauges => ({
    ...options.gauges(),
    revisions: new Map([...cassettes].map(([name, {revision}]) => [name, revision])),
  });
  const load = () => {
    prometheus ??= import('./prometheus.js').then(module => module.createPrometheus(gauges));
    return prometheus;
  };
  const collect = async () => {
    const loaded = await load();
    const measurements = waiting;
    waiting = [];
    for (const measurement of measurements) loaded.count(measurement);
    return loaded;
  };
  const labelOf = (cassette: Cassette | undefined) => {
    if (!cassette) return 'none';
    if (cassettes.has(cassette.name) || cassettes.size < labelLimit) {
      cassettes.set(cassette.name, cassette);
      return cassette.name;
    }
    return 'other';
  };
  return {
    note(ended) {
      const outcome = outcomeOf(ended);
      if (outcome === undefined) return;
      const {exchange, announcement, upstreamTime} = ended;
      const {dialect, duration, firstEvent, tokens} = exchange;
      const cassette = labelOf(announcement?.cassette);
      waiting.push({dialect, cassette, outcome, duration, firstEvent, upstream: upstreamTime, tokens});
      if (waiting.length === waitingLimit) void collect();
    },
    async render() {
      const loaded = await collect();
      return {contentType: loaded.contentType, text: await loaded.render()};
    },
  };
}

/** Undefined for what asks no model, such as a list of models. */
function outcomeOf({exchange, error, isService}: Ended): MeasuredOutcome | undefined {
  if (isService) return undefined;
  if (!error || error instanceof CassetteMiss || exchange.outcome === 'fault') return exchange.outcome;
  if (error.code === 'client_closed') return 'abandoned';
  return error.status < 500 ? 'refused' : 'failed';
}
