import prometheusClient from 'prom-client';
import {packageVersion} from '../../version.js';
import type {Gauges, Measurement} from './measurement.js';

const {Counter, Gauge, Histogram, Registry, collectDefaultMetrics} = prometheusClient;

/** Metrics for Prometheus: https://prometheus.io/docs/practices/naming/ */
export type Prometheus = {
  readonly contentType: string;
  /** Counts a number of equal requests. */
  count(measurement: Measurement, requestCount: number): void;
  render(): Promise<string>;
};

/** Seconds: a replay takes less than a millisecond, and a slow model minutes. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Gauges of the client whose names end as those of counters do, which `promtool check metrics` refuses. */
const misnamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

export function createPrometheus(gauges: () => Gauges): Prometheus {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({register: registry});
  for (const name of misnamed) registry.removeSingleMetric(name);

  const requests = new Counter({
    name: 'retake_requests_total',
    help: 'Requests to an API by outcome: hit, recorded, live, miss, refused, failed, abandoned',
    labelNames: ['dialect', 'cassette', 'outcome'],
    registers,
  });
  const tokens = new Counter({
    name: 'retake_tokens_total',
    help: 'Tokens of requests (input) and answers (output), as the model counted them',
    labelNames: ['dialect', 'outcome', 'direction'],
    registers,
  });
  const seconds = (name: string, help: string) =>
    new Histogram({name, help, labelNames: ['dialect', 'outcome'], buckets, registers});
  const durations = seconds(
    'retake_request_duration_seconds',
    'Time from a request to the end of its response',
  );
  const firstEvents = seconds(
    'retake_first_event_seconds',
    'Time from a request to the first content of its answer',
  );
  const upstream = seconds('retake_upstream_duration_seconds', 'Time that the upstream took for an answer');

  const gauge = (name: string, help: string, value: (now: Gauges) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value(gauges()));
      },
    });
  gauge('retake_ready', 'Whether requests can be answered as the mode promises (1 or 0)', now =>
    Number(now.ready),
  );
  gauge('retake_sessions', 'Open sessions of the control API', now => now.sessions);
  gauge('retake_memo_entries', 'Requests whose responses are in memory', now => now.memo.entries);
  gauge('retake_memo_bytes', 'Size of the responses in memory, roughly', now => now.memo.bytes);
  const total = (name: string, help: string, value: (now: Gauges) => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value(gauges()));
      },
    });
  total('retake_memo_hits_total', 'Requests that were answered from memory', now => now.memo.hits);
  total('retake_memo_misses_total', 'Requests that were not in memory', now => now.memo.misses);
  new Gauge({
    name: 'retake_cassette_revision',
    help: 'How often another process changed the recordings of a cassette since it was opened',
    labelNames: ['cassette'],
    registers,
    collect() {
      this.reset();
      for (const [cassette, revision] of gauges().revisions) this.set({cassette}, revision);
    },
  });
  new Gauge({
    name: 'retake_info',
    help: 'The version of retake',
    labelNames: ['version'],
    registers,
  }).set({version: packageVersion()}, 1);

  return {
    contentType: registry.contentType,
    count(measurement, requestCount) {
      const {dialect, cassette, outcome, duration, firstEvent, upstream: upstreamTime} = measurement;
      requests.inc({dialect, cassette, outcome}, requestCount);
      for (let index = 0; index < requestCount; index++) {
        durations.observe({dialect, outcome}, duration / 1000);
        if (firstEvent !== undefined) firstEvents.observe({dialect, outcome}, firstEvent / 1000);
        if (upstreamTime !== undefined) upstream.observe({dialect, outcome}, upstreamTime / 1000);
      }
      if (measurement.tokens) {
        const {input, output} = measurement.tokens;
        tokens.inc({dialect, outcome, direction: 'input'}, input * requestCount);
        tokens.inc({dialect, outcome, direction: 'output'}, output * requestCount);
      }
    },
    render: () => registry.metrics(),
  };
}
