import {readFileSync} from 'node:fs';
import {performance} from 'node:perf_hooks';
import {setTimeout as sleep} from 'node:timers/promises';
import type {ExecutionContext} from 'ava';
import {liveProxy} from '../../proxy/live-proxy.js';
import {answering} from '../../support/scripted-upstream.js';
import {type FaultCase, toldSeconds} from './cases.js';

/** What an application got: an answer, or the class of the error that its SDK raised. */
export type Outcome = {readonly text: string; readonly finish: string | null} | Raised;
export type Raised = {readonly raised: string; readonly status?: number | null | undefined};

export type FaultyProxy = {
  readonly url: string;
  /** The outcome with what the SDK did for it: how many requests it sent, and how it waited between them. */
  describe(outcome: Outcome): Promise<string>;
};

/** A proxy in front of a live model whose every request gets the fault. */
export async function faultyProxy(t: ExecutionContext, {fault}: FaultCase): Promise<FaultyProxy> {
  const requests: {readonly start: number; readonly end: number}[] = [];
  const {url} = await liveProxy(t, {
    mode: 'passthrough',
    script: answering(['One ', 'two ', 'three ', 'four.']),
    faults: [{fault}],
    onExchange({duration}) {
      const end = performance.now();
      requests.push({start: end - duration, end});
    },
  });
  return {
    url,
    async describe(outcome) {
      // A request that its client gave up ends later than the call of the client.
      let counted = -1;
      while (requests.length === 0 || requests.length > counted) {
        counted = requests.length;
        await sleep(500);
      }
      const what = 'raised' in outcome ? describeError(outcome) : describeAnswer(outcome);
      if (requests.length === 1) return what;
      const waits = requests.slice(1).map(({start}, index) => start - (requests[index]?.end ?? 0));
      const asTold = waits.every(wait => wait > toldSeconds * 1000 - 100);
      return `${what}, ${requests.length} requests${asTold ? `, ${toldSeconds} s apart` : ''}`;
    },
  };
}

function describeError({raised, status}: Raised): string {
  return typeof status === 'number' && status >= 400 ? `${raised} ${status}` : raised;
}

function describeAnswer({text, finish}: Exclude<Outcome, Raised>): string {
  return `"${text.trim()}", ${finish || 'none'}`;
}

/** The cell of docs/faults.md for a case and an SDK: `openai 7.57.0`. */
export function documented(sdk: string, {name}: FaultCase): string {
  const rows = readFileSync('docs/faults.md', 'utf8')
    .split('\n')
    .map(line => line.split(' | ').map(cell => cell.replaceAll(/^\| | \|$/g, '').trim()));
  const column = rows.find(row => row.includes(sdk))?.indexOf(sdk) ?? -1;
  const head = rows.findIndex(row => row.includes(sdk));
  return rows.slice(head).find(([first]) => first?.replaceAll('`', '') === name)?.[column] ?? '';
}
