import type {Cassette} from '../../cassette/cassette.js';
import {CassetteMiss} from '../../cassette/miss.js';
import type {Ended, Exchange} from '../../http/exchange.js';
import type {Gauges, MeasuredOutcome, Measurement} from './measurement.js';
import type {Prometheus} from './prometheus.js';

export type Metrics = {
  note(ended: Ended): void;
  /** All metrics in the text format of Prometheus, with its content type. */
  render(): Promise<{readonly contentType: string; readonly text: string}>;
};

/** Requests that wait until they are counted: the code for it is loaded only then, so that a replay starts fast. */
const waitingLimit = 1000;
/** Each cassette is a label, and each label costs memory in Prometheus. */
const labelLimit = 200;

export function createMetrics(options: {readonly gauges: () => Omit<Gauges, 'revisions'>}): Metrics {
  const cassettes = new Map<string, Cassette>();
  /** With how often the same exchange was logged: equal replays are logged as one object. */
  let waiting = new Map<Exchange, {readonly measurement: Measurement; count: number}>();
  let waitingCount = 0;
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
    const measured = waiting;
    waiting = new Map();
    waitingCount = 0;
    for (const {measurement, count} of measured.values()) loaded.count(measurement, count);
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
  const measure = (ended: Ended): Measurement | undefined => {
    const outcome = outcomeOf(ended);
    if (outcome === undefined) return undefined;
    const {exchange, announcement, upstreamTime} = ended;
    const {dialect, duration, firstEvent, tokens} = exchange;
    const cassette = labelOf(announcement?.cassette);
    return {dialect, cassette, outcome, duration, firstEvent, upstream: upstreamTime, tokens};
  };
  return {
    note(ended) {
      const {exchange} = ended;
      const known = waiting.get(exchange);
      if (known) known.count++;
      else {
        const measurement = measure(ended);
        if (!measurement) return;
        waiting.set(exchange, {measurement, count: 1});
      }
      if (++waitingCount === waitingLimit) void collect();
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
