import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Bench, Effort, Row} from './bench.js';
import {createServers} from './servers/create-servers.js';

/** The outcome of one case: its rows, or why it could not run. */
export type CaseResult = {readonly name: string} & (
  | {readonly rows: readonly Row[]}
  | {readonly error: string}
);

/** Runs one case after the other and yields each result when it is there. A case that fails does not end the run. */
export async function* runBenches(benches: readonly Bench[], effort: Effort): AsyncGenerator<CaseResult> {
  for (const bench of benches) {
    try {
      yield {name: bench.name, rows: await runBench(bench, effort)};
    } catch (error) {
      yield {name: bench.name, error: error instanceof Error ? error.message : String(error)};
    }
  }
}

async function runBench(bench: Bench, effort: Effort): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'retake-bench-'));
  const servers = createServers(folder);
  try {
    return await bench.run({effort, folder, servers});
  } finally {
    await servers.stopAll();
    await rm(folder, {recursive: true, force: true});
  }
}
