import type {Effort, Row} from './bench.js';
import {type Load, putLoad} from './load.js';
import {median} from './median.js';
import {cpuSeconds, knowsProcessUsage} from './process-usage.js';
import type {ServerProcess} from './servers/server-process.js';

/** A server and its requests. */
export type Side = {readonly server: ServerProcess; readonly load: Load};

export type Comparison = {
  readonly what: string;
  readonly side: Side;
  readonly against: Side;
  /** The target for the ratio; absent: it is only reported. */
  readonly target?: number;
};

type Throughput = {
  readonly perSecond: number;
  /** Microseconds of processor time for each request. */
  readonly cpu: number;
};

/**
 * Puts load on two servers in turn. The result is the median of the ratios of each round; more is better. One row has the requests per
 * second, and one the processor time of the server, which is still comparable if the load generator is the bottleneck.
 */
export async function compareThroughput(
  {what, side, against, target}: Comparison,
  effort: Effort,
): Promise<Row[]> {
  for (const {server, load} of [side, against]) await putLoad(server.url, load, effort.warmUpSeconds);
  const rounds: (readonly [Throughput, Throughput])[] = [];
  for (let round = 0; round < effort.rounds; round++)
    rounds.push(await takeTurns(round, side, against, effort));

  const middleOf = (index: 0 | 1, figure: keyof Throughput) =>
    Math.round(median(rounds.map(throughputs => throughputs[index][figure])));
  const row = {unit: 'ratio', ...(target !== undefined && {target: {atLeast: target}})} as const;
  const perSecond: Row = {
    ...row,
    what: `${what}: requests per second`,
    measured: median(rounds.map(([ours, theirs]) => ours.perSecond / theirs.perSecond)),
    detail: `${middleOf(0, 'perSecond')} to ${middleOf(1, 'perSecond')}`,
  };
  if (!knowsProcessUsage) return [perSecond];
  return [
    perSecond,
    {
      ...row,
      what: `${what}: requests per CPU time`,
      measured: median(rounds.map(([ours, theirs]) => theirs.cpu / ours.cpu)),
      detail: `${middleOf(0, 'cpu')} µs to ${middleOf(1, 'cpu')} µs each`,
    },
  ];
}

/** The order changes with each round, so that a slow phase of the machine does not affect one side alone. */
async function takeTurns(
  round: number,
  side: Side,
  against: Side,
  effort: Effort,
): Promise<readonly [Throughput, Throughput]> {
  if (round % 2 === 0) return [await measure(side, effort), await measure(against, effort)];
  const theirs = await measure(against, effort);
  return [await measure(side, effort), theirs];
}

async function measure({server, load}: Side, {roundSeconds}: Effort): Promise<Throughput> {
  const before = knowsProcessUsage ? cpuSeconds(server.pid) : 0;
  const {requests, seconds} = await putLoad(server.url, load, roundSeconds);
  const after = knowsProcessUsage ? cpuSeconds(server.pid) : 0;
  return {perSecond: requests / seconds, cpu: ((after - before) * 1e6) / requests};
}
