import {availableParallelism, cpus, loadavg} from 'node:os';
import {Command, InvalidArgumentError, Option} from 'commander';
import type {Bench, Effort} from './bench.js';
import {diff} from './cases/diff.js';
import {documents} from './cases/documents.js';
import {firstAsking} from './cases/first-asking.js';
import {growth} from './cases/growth.js';
import {knownDocument} from './cases/known-document.js';
import {live} from './cases/live.js';
import {manyStreams} from './cases/many-streams.js';
import {recording} from './cases/recording.js';
import {relay} from './cases/relay.js';
import {start} from './cases/start.js';
import {store} from './cases/store.js';
import {stream} from './cases/stream.js';
import {unary} from './cases/unary.js';
import {type EarlierRun, missingNow, type RunRow, readEarlierRun} from './earlier-run.js';
import {runBenches} from './run-benches.js';
import {describeChange, renderRow, renderTitles, verdictOf} from './table.js';

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
  recording,
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

const names = benches.map(({name}) => name);
const program = new Command('npm run bench --')
  .description('Compare retake with bare node:http servers in one run, and with its targets')
  .option('--quick', 'measure for a shorter time, with a smaller cassette')
  .addOption(new Option('--only <name...>', 'run only these cases').choices(names))
  .option('--store-interactions <count>', 'size of the large cassette in a database', Number)
  .option('--json', 'print JSON when all cases have ended; the rows go to stderr')
  .addOption(
    new Option(
      '--compare <file>',
      'print how each figure has changed since the run with this JSON',
    ).argParser(readEarlier),
  )
  .addHelpText(
    'after',
    `
Cases:
${benches.map(({name, summary}) => `  ${name}: ${summary}\n`).join('')}
Examples:
  npm run bench -- --quick                           all cases, in less time
  npm run bench -- --only start live                 two cases
  npm run --silent bench -- --json > before.json     keep a run
  npm run bench -- --compare before.json             compare with it

A case that fails does not end the run. The exit code is then 1.`,
  )
  .parse();
type Options = {
  readonly quick?: true;
  readonly only?: readonly string[];
  readonly json?: true;
  readonly storeInteractions?: number;
  readonly compare?: EarlierRun;
};
const {quick: isQuick, only = names, json: printsJson, compare: earlier, ...sizes} = program.opts<Options>();
const effort = {...(isQuick ? quick : thorough), ...sizes};

const chosen = benches.filter(({name}) => only.includes(name));
const machine = {
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  processors: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
  loadBefore: loadavg().map(load => Number(load.toFixed(1))),
};
const progress = printsJson ? process.stderr : process.stdout;
progress.write(
  `${Object.entries(machine)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')}\n`,
);

const rows: RunRow[] = [];
const failed: {readonly name: string; readonly error: string}[] = [];
for await (const event of runBenches(chosen, effort)) {
  const {name} = event;
  if (event.type === 'start') {
    const summary = benches.find(bench => bench.name === name)?.summary;
    progress.write(`\n${name}: ${summary}\n${renderTitles(earlier !== undefined)}`);
  } else if (event.type === 'row') {
    const {row} = event;
    rows.push({case: name, ...row, verdict: 'measured' in row ? verdictOf(row) : undefined});
    progress.write(renderRow(row, earlier && describeChange(earlier, name, row)));
  } else if (event.error !== undefined) {
    failed.push({name, error: event.error});
    progress.write(`  failed: ${event.error}\n`);
  }
}

if (printsJson) process.stdout.write(`${JSON.stringify({machine, rows, failed}, null, 2)}\n`);
const missing = earlier ? missingNow(earlier, only, rows) : [];
if (missing.length > 0)
  progress.write(`\nOnly in the earlier run:\n${missing.map(row => `  ${row}\n`).join('')}`);
if (failed.length > 0) {
  const reasons = failed.map(({name, error}) => `  ${name}: ${error}\n`);
  process.stderr.write(`\n${failed.length} of ${chosen.length} cases failed:\n${reasons.join('')}`);
  process.exitCode = 1;
}

function readEarlier(file: string): EarlierRun {
  try {
    return readEarlierRun(file);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}
