import {statSync} from 'node:fs';
import {basename, resolve} from 'node:path';
import {Command} from 'commander';
import {shortKey} from '../../src/cassette/key/short-key.js';
import {RetakeError} from '../../src/errors.js';
import {type PruneReport, pruneCassette, removeCassette} from '../../src/operations/prune-cassette.js';
import {nameOf} from '../../src/operations/remove-unused.js';
import type {NamedTake} from '../../src/proxy/verdict.js';
import {findCassettes} from '../input/cassette-arguments.js';
import type {DefineCommand} from '../input/invocation.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {countOf} from '../output/count-of.js';
import {printableLine} from '../output/printable.js';
import {type RunReport, readRunReport} from '../output/run-report.js';
import {withProgress} from '../output/with-progress.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = invocation => {
  const command = new Command('prune');
  command
    .argument('[cassette...]', 'Cassette files or folders (default: the configured ones)')
    .requiredOption('--unused <reports...>', 'Reports of `retake run --report`, from every test suite')
    .option('--unopened', 'Whole cassettes that no run opened, too')
    .option('--write', 'Remove the unused takes')
    .option('--allow-failed', 'Accept reports of failed runs')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (paths: readonly string[], flags: PruneFlags) => {
      const found = findCassettes(paths, configOf(command, invocation), invocation);
      const evidence = gatherEvidence(flags, invocation.directory);
      const reported = found.filter(evidence.covers);
      const unreported = found.filter(path => !evidence.covers(path));
      const unreportedToo = flags.unopened ? unreported : [];
      const cassettes: PrunedCassette[] = [];
      for (const path of reported) {
        const report = await withProgress(`Reading ${printableLine(path)}`, log =>
          pruneCassette({path, isUnused: evidence.isUnused, isWritten: flags.write === true, log}),
        );
        cassettes.push({path, ...report});
      }
      for (const path of unreportedToo) {
        const report = await withProgress(`Reading ${printableLine(path)}`, log =>
          removeCassette({path, recordedBefore: evidence.writtenAt, isWritten: flags.write === true, log}),
        );
        cassettes.push({path, ...report});
      }
      const unknown = flags.unopened ? [] : unreported;
      if (flags.json) writeJson({version: 1, written: flags.write === true, cassettes, unknown});
      else process.stdout.write(describe(cassettes, unknown, flags.write === true));
    });
  return addSettingOptions(command, ({name}) => name === 'cassette');
};

const examples = `
Lists the takes (recorded answers) that no run used; --write removes them. Give
the reports of every test suite. Keeps takes recorded after the runs and,
without --unopened, cassettes that no report names. Refuses reports of failed
runs, which may be incomplete.

Examples:
  $ retake run --report unit.json -- npm test
  $ retake run --report e2e.json -- npm run e2e
  $ retake prune --unused unit.json e2e.json
  $ retake prune cassettes --write --unused unit.json e2e.json`;

type PruneFlags = {
  readonly unused: readonly string[];
  readonly unopened?: true;
  readonly write?: true;
  readonly allowFailed?: true;
  readonly json?: true;
};

type PrunedCassette = PruneReport & {readonly path: string};

/** The evidence of all reports together. */
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
    /** When the first report was written: what was recorded later was not there yet. */
    writtenAt: Math.min(...unused.map(file => statSync(resolve(directory, file)).mtimeMs)),
    covers: (path: string) => names.has(basename(path, '.cassette')),
    isUnused: (take: NamedTake) => unusedTakes.has(nameOf(take)) && !usedTakes.has(nameOf(take)),
  };
}

function refuseFailed(file: string, {exitCode}: RunReport): RetakeError {
  return new RetakeError(
    'invalid_setting',
    `${file} is the report of a run that failed with ${exitCode}, so it may be incomplete`,
    {hint: 'Run the tests again until they pass, or accept the report with --allow-failed.'},
  );
}

function describe(
  cassettes: readonly PrunedCassette[],
  unreported: readonly string[],
  isWritten: boolean,
): string {
  const lines = cassettes.flatMap(({path, takes, pruned}) => {
    const count = pruned.reduce((sum, one) => sum + one.takes.length, 0);
    const done = isWritten ? 'removed' : 'unused';
    return [
      `${printableLine(path)}: ${count} of ${countOf(takes, 'take')} ${done}`,
      ...pruned.map(({key, question, takes: numbers, kept}) => {
        const which = kept === 0 ? '' : ` (take ${numbers.join(', ')})`;
        return `  ${shortKey(key)}  ${printableLine(question)}${which}`;
      }),
    ];
  });
  const skipped = unreported.map(path => `${printableLine(path)}: skipped, no report names it`);
  const isPending = !isWritten && cassettes.some(({pruned}) => pruned.length > 0);
  const advice = isPending ? ['Nothing was removed. Add --write to remove them.'] : [];
  return [...lines, ...skipped, ...advice].map(line => `${line}\n`).join('');
}
