import {availableParallelism, cpus, loadavg} from 'node:os';
import {Command, Option} from 'commander';
import type {Bench, Effort} from './bench.js';
import {diff} from './cases/diff.js';
import {documents} from './cases/documents.js';
import {firstAsking} from './cases/first-asking.js';
import {growth} from './cases/growth.js';
import {knownDocument} from './cases/known-document.js';
import {live} from './cases/live.js';
import {manyStreams} from './cases/many-streams.js';
import {relay} from './cases/relay.js';
import {start} from './cases/start.js';
import {store} from './cases/store.js';
import {stream} from './cases/stream.js';
import {unary} from './cases/unary.js';
import {type CaseResult, runBenches} from './run-benches.js';
import {renderTable, verdictOf} from './table.js';

const benches: readonly Bench[] = [
  unary,
  stream,
  firstAsking,
  growth,
  start,
  live,
  manyStreams,
  documents,
  knownDocument,
  diff,
  relay,
  store,
];

const thorough: Effort = {
  rounds: 15,
  roundSeconds: 1,
  warmUpSeconds: 2,
  repeats: 21,
  manyInteractions: 100_000,
  storeInteractions: 1_000_000,
};
const quick: Effort = {
  rounds: 9,
  roundSeconds: 0.5,
  warmUpSeconds: 1,
  repeats: 7,
  manyInteractions: 10_000,
  storeInteractions: 20_000,
};

const program = new Command('npm run bench --')
  .description('Compares retake with bare node:http servers in one run, and with its targets.')
  .option('--quick', 'measure for a shorter time, with a smaller cassette')
  .addOption(new Option('--only <name...>', 'run these cases alone').choices(benches.map(({name}) => name)))
  .option('--store-interactions <count>', 'size of the large cassette in a database', Number)
  .option('--json', 'print JSON')
  .addHelpText('after', `\nCases:\n${benches.map(({name, summary}) => `  ${name}: ${summary}\n`).join('')}`)
  .parse();
const options = program.opts<{quick?: true; only?: string[]; json?: true; storeInteractions?: number}>();

const chosen = benches.filter(({name}) => options.only?.includes(name) ?? true);
const machine = {
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  processors: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
  loadBefore: loadavg().map(load => Number(load.toFixed(1))),
};
if (!options.json) {
  const described = Object.entries(machine).map(([name, value]) => `${name}: ${value}`);
  process.stdout.write(`${described.join(', ')}\n`);
}
const results: CaseResult[] = [];
const effort = options.quick ? quick : thorough;
const {storeInteractions = effort.storeInteractions} = options;
for await (const result of runBenches(chosen, {...effort, storeInteractions})) {
  results.push(result);
  if (!options.json) process.stdout.write(renderCase(result));
}
const failed = results.filter(result => 'error' in result);
if (options.json) {
  const rows = results.flatMap(result => ('rows' in result ? result.rows : []));
  const judged = rows.map(row => ('measured' in row ? {...row, verdict: verdictOf(row)} : row));
  process.stdout.write(`${JSON.stringify({machine, rows: judged, failed}, null, 2)}\n`);
}
if (failed.length > 0) {
  const reasons = failed.map(({name, error}) => `  ${name}: ${error}\n`);
  process.stderr.write(`\n${failed.length} of ${chosen.length} cases failed:\n${reasons.join('')}`);
  process.exitCode = 1;
}

function renderCase(result: CaseResult): string {
  const {name} = result;
  const summary = benches.find(bench => bench.name === name)?.summary ?? '';
  const outcome = 'rows' in result ? renderTable(result.rows) : `failed: ${result.error}\n`;
  return `\n${name}: ${summary}\n${outcome}`;
}
