import {mkdtemp, rm} from 'node:fs/promises';
import {availableParallelism, cpus, loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {Command, Option} from 'commander';
import type {Bench, Effort, Row} from './bench.js';
import {diff} from './cases/diff.js';
import {documents} from './cases/documents.js';
import {growth} from './cases/growth.js';
import {knownDocument} from './cases/known-document.js';
import {live} from './cases/live.js';
import {manyStreams} from './cases/many-streams.js';
import {start} from './cases/start.js';
import {stream} from './cases/stream.js';
import {unary} from './cases/unary.js';
import {createServers} from './servers/create-servers.js';
import {renderTable, verdictOf} from './table.js';

const benches: readonly Bench[] = [
  unary,
  stream,
  growth,
  start,
  live,
  manyStreams,
  documents,
  knownDocument,
  diff,
];

const thorough: Effort = {
  rounds: 15,
  roundSeconds: 1,
  warmUpSeconds: 2,
  repeats: 21,
  manyInteractions: 100_000,
};
const quick: Effort = {rounds: 9, roundSeconds: 0.5, warmUpSeconds: 1, repeats: 7, manyInteractions: 10_000};

const program = new Command('npm run bench --')
  .description('Compares retake with bare node:http servers in one run, and with its targets.')
  .option('--quick', 'measure for a shorter time, with a smaller cassette')
  .addOption(new Option('--only <name...>', 'run these cases alone').choices(benches.map(({name}) => name)))
  .option('--json', 'print JSON')
  .addHelpText('after', `\nCases:\n${benches.map(({name, summary}) => `  ${name}: ${summary}\n`).join('')}`)
  .parse();
const options = program.opts<{quick?: true; only?: string[]; json?: true}>();

const effort = options.quick ? quick : thorough;
const rows: Row[] = [];
const loadBefore = loadavg();
for (const bench of benches) {
  if (options.only && !options.only.includes(bench.name)) continue;
  process.stderr.write(`${bench.name}: ${bench.summary} …\n`);
  rows.push(...(await run(bench)));
}
const machine = {
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  processors: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
  loadBefore: loadBefore.map(load => Number(load.toFixed(1))),
};
process.stdout.write(
  options.json
    ? `${JSON.stringify({machine, rows: rows.map(row => ({...row, ...('measured' in row && {verdict: verdictOf(row)})}))}, null, 2)}\n`
    : `\n${Object.entries(machine)
        .map(([name, value]) => `${name}: ${value}`)
        .join(', ')}\n\n${renderTable(rows)}`,
);

async function run(bench: Bench): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'retake-bench-'));
  const servers = createServers(folder);
  try {
    return await bench.run({effort, folder, servers});
  } finally {
    await servers.stopAll();
    await rm(folder, {recursive: true, force: true});
  }
}
