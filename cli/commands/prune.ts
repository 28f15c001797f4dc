import {basename} from 'node:path';
import {Command} from 'commander';
import {shortKey} from '../../src/cassette/key/short-key.js';
import {RetakeError} from '../../src/errors.js';
import {type PruneReport, pruneCassette} from '../../src/operations/prune-cassette.js';
import type {NamedTake} from '../../src/proxy/verdict.js';
import {findCassettes} from '../input/cassette-arguments.js';
import type {DefineCommand} from '../input/invocation.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {countOf} from '../output/count-of.js';
import {printableLine} from '../output/printable.js';
import {type RunReport, readRunReport} from '../output/run-report.js';
import {whileShown} from '../output/while-shown.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = invocation => {
  const command = new Command('prune');
  return addSettingOptions(command, ({name}) => name === 'cassette')
    .description('Removes the takes that no run asked for; without --write it only tells which.')
    .argument('[cassette...]', 'Files or folders (default: the configured cassette)')
    .requiredOption('--unused <reports...>', 'Reports of `retake run --report`, of all the runs there are')
    .option('--write', 'Remove them')
    .option('--allow-failed', 'Trust the reports of runs that failed, too')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (paths: readonly string[], flags: PruneFlags) => {
      const evidence = gatherEvidence(flags, invocation.directory);
      const found = findCassettes(paths, configOf(command, invocation), invocation);
      const [known, unknown] = [found.filter(evidence.knows), found.filter(path => !evidence.knows(path))];
      const cassettes: PrunedCassette[] = [];
      for (const path of known) {
        const report = await whileShown(`Reading ${printableLine(path)}`, log =>
          pruneCassette({path, isUnused: evidence.isUnused, isWritten: flags.write === true, log}),
        );
        cassettes.push({path, ...report});
      }
      if (flags.json) writeJson({version: 1, written: flags.write === true, cassettes, unknown});
      else process.stdout.write(describe(cassettes, unknown, flags.write === true));
    });
};

const examples = `
A take goes when at least one run could have used it and none did. What was recorded after the runs, and cassettes that
no report knows, are left alone. Give the reports of every suite: what only a missing one uses would go. A run that
failed may not have come to all its questions, so its report is refused.

Examples:
  $ retake run --report unit.json -- npm test
  $ retake run --report e2e.json -- npm run e2e
  $ retake prune --unused unit.json e2e.json
  $ retake prune cassettes --write --unused unit.json e2e.json`;

type PruneFlags = {
  readonly unused: readonly string[];
  readonly write?: true;
  readonly allowFailed?: true;
  readonly json?: true;
};

type PrunedCassette = PruneReport & {readonly path: string};

/** What all the reports together say. */
function gatherEvidence({unused, allowFailed}: PruneFlags, directory: string) {
  const reports = unused.map(file => ({file, report: readRunReport(file, directory)}));
  const failed = reports.find(({report}) => report.exitCode !== 0);
  if (failed && !allowFailed) throw refuseFailed(failed.file, failed.report);
  const usedTakes = new Set(reports.flatMap(({report}) => report.used.map(nameOf)));
  const unusedTakes = new Set(reports.flatMap(({report}) => report.unused.map(nameOf)));
  const names = new Set(
    reports.flatMap(({report}) => [...report.used, ...report.unused].map(({cassette}) => cassette)),
  );
  return {
    knows: (path: string) => names.has(basename(path, '.cassette')),
    isUnused: (take: NamedTake) => unusedTakes.has(nameOf(take)) && !usedTakes.has(nameOf(take)),
  };
}

function nameOf({cassette, key, take, recordedAt}: NamedTake): string {
  return [cassette, key, take, recordedAt].join('\n');
}

function refuseFailed(file: string, {exitCode}: RunReport): RetakeError {
  return new RetakeError(
    'invalid_setting',
    `${file} is the report of a run that failed with ${exitCode}: it may not have come to all its questions`,
    {hint: 'Run it anew until it succeeds, or say that it did ask everything: --allow-failed'},
  );
}

function describe(
  cassettes: readonly PrunedCassette[],
  unknown: readonly string[],
  isWritten: boolean,
): string {
  const lines = cassettes.flatMap(({path, takes, pruned}) => {
    const gone = pruned.reduce((sum, one) => sum + one.takes.length, 0);
    const done = isWritten ? 'removed' : 'would go';
    return [
      `${printableLine(path)}: ${gone} of ${countOf(takes, 'take')} ${done}`,
      ...pruned.map(({key, question, takes: numbers, kept}) => {
        const which = kept === 0 ? '' : ` (take ${numbers.join(', ')})`;
        return `  ${shortKey(key)}  ${printableLine(question)}${which}`;
      }),
    ];
  });
  const left = unknown.map(path => `${printableLine(path)}: no report knows it; left alone`);
  const isWaiting = !isWritten && cassettes.some(({pruned}) => pruned.length > 0);
  const advice = isWaiting ? ['Nothing was removed. To remove it: the same command with --write'] : [];
  return [...lines, ...left, ...advice].map(line => `${line}\n`).join('');
}
