import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Bench, Effort, Row} from './bench.js';
import {createServers} from './servers/create-servers.js';

/** What a run reports, in order: a case starts, has rows, and ends, with an error if it could not run to its end. */
export type BenchEvent = {readonly name: string} & (
  | {readonly type: 'start'}
  | {readonly type: 'row'; readonly row: Row}
  | {readonly type: 'end'; readonly error?: string | undefined}
);

/** Runs one case after the other and yields each row when it is measured. A case that fails does not end the run. */
export async function* runBenches(benches: readonly Bench[], effort: Effort): AsyncGenerator<BenchEvent> {
  for (const {name, run} of benches) {
    yield {name, type: 'start'};
    let error: string | undefined;
    try {
      for await (const row of runBench(run, effort)) yield {name, type: 'row', row};
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message : String(thrown);
    }
    yield {name, type: 'end', error};
  }
}

async function* runBench(run: Bench['run'], effort: Effort): AsyncGenerator<Row> {
  const folder = await mkdtemp(join(tmpdir(), 'retake-bench-'));
  const servers = createServers(folder);
  try {
    yield* rowsOf(run({effort, folder, servers}));
  } finally {
    await servers.stopAll();
    await rm(folder, {recursive: true, force: true});
  }
}

async function* rowsOf(running: ReturnType<Bench['run']>): AsyncGenerator<Row> {
  yield* Symbol.asyncIterator in running ? running : await running;
}
