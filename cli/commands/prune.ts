import {statSync} from 'node:fs';
import {resolve} from 'node:path';
import {Command} from 'commander';
import type {CassetteKey} from '../../src/cassette/key/key.js';
import {shortKey} from '../../src/cassette/key/short-key.js';
import {isStoreAddress} from '../../src/cassette/postgres/store-address.js';
import {interactionId} from '../../src/cassette/rows/interaction-row.js';
import {nameAt, withStoreContent} from '../../src/cassette/stores/open-stored.js';
import {RetakeError} from '../../src/errors.js';
import {type PruneReport, pruneCassette, removeCassette} from '../../src/operations/prune-cassette.js';
import {nameOf} from '../../src/operations/remove-unused.js';
import type {NamedTake} from '../../src/proxy/verdict.js';
import {findCassettes} from '../input/cassette-arguments.js';
import type {DefineCommand} from '../input/invocation.js';
import {readAge} from '../input/read-age.js';
import {addSettingOptions, configOf} from '../input/setting-options.js';
import {countOf} from '../output/count-of.js';
import {printableLine} from '../output/printable.js';
import {type RunReport, readRunReport} from '../output/run-report.js';
import {withProgress} from '../output/with-progress.js';
import {writeJson} from '../output/write-json.js';

export const define: DefineCommand = invocation => {
  const command = new Command('prune');
  command
    .argument('[cassette...]', 'Cassette files, folders or databases (default: the configured ones)')
    .option('--unused [reports...]', 'What no run used: reports of every test suite, or the database itself')
    .option('--older-than <age>', 'Only takes recorded before: 90d, 12w, or a date')
    .option('--unopened', 'Whole cassettes that no run opened, too')
    .option('--write', 'Remove the unused takes')
    .option('--allow-failed', 'Accept reports of failed runs')
    .option('--json', 'Print JSON')
    .addHelpText('after', examples)
    .action(async (paths: readonly string[], flags: PruneFlags) => {
      const found = await findCassettes(paths, configOf(command, invocation), invocation);
      const recordedBefore = flags.olderThan === undefined ? undefined : readAge(flags.olderThan, Date.now());
      const evidence = evidenceOf(flags, recordedBefore, invocation.directory);
      const unreported = found.filter(path => !evidence.covers(path));
      const cassettes: PrunedCassette[] = [];
      for (const path of found) {
        const isReported = evidence.covers(path);
        if (!isReported && !flags.unopened) continue;
        const report = await withProgress(`Reading ${printableLine(path)}`, async log => {
          const options = {path, isWritten: flags.write === true, log};
          if (!isReported) {
            const time = Math.min(evidence.writtenAt, recordedBefore ?? Infinity);
            return removeCassette({...options, recordedBefore: time});
          }
          const isUnused = await evidence.unusedIn(path);
          const isOld = (take: NamedTake) => recordedBefore === undefined || take.recordedAt < recordedBefore;
          return pruneCassette({...options, isUnused: take => isOld(take) && isUnused(take)});
        });
        cassettes.push({path, ...report});
      }
      const unknown = flags.unopened ? [] : unreported;
      if (flags.json) writeJson({version: 1, written: flags.write === true, cassettes, unknown});
      else {
        const pending = flags.unused === undefined ? 'older' : 'unused';
        process.stdout.write(describe(cassettes, unknown, {isWritten: flags.write === true, pending}));
      }
    });
  return addSettingOptions(command, ({name}) => name === 'cassette');
};

const examples = `
Lists the takes (recorded answers) that no run used, or that are old; --write
removes them. Give the reports of every test suite. Keeps takes recorded after
the runs and, without --unopened, cassettes that no report names. Refuses
reports of failed runs, which may be incomplete. A database notes its replays:
there, --unused needs --older-than instead of reports.

Examples:
  $ retake run --report unit.json -- npm test
  $ retake run --report e2e.json -- npm run e2e
  $ retake prune --unused unit.json e2e.json
  $ retake prune --older-than 90d --unused --cassette postgres://db/retake
  $ retake prune cassettes --write --unused unit.json e2e.json`;

type PruneFlags = {
  /** True without reports. */
  readonly unused?: readonly string[] | true;
  readonly olderThan?: string;
  readonly unopened?: true;
  readonly write?: true;
  readonly allowFailed?: true;
  readonly json?: true;
};

type PrunedCassette = PruneReport & {readonly path: string};

/** Decides whether a take is used. */
type Evidence = {
  /** Unix milliseconds: what was recorded later was not there yet. */
  readonly writtenAt: number;
  covers(place: string): boolean;
  unusedIn(place: string): Promise<(take: NamedTake) => boolean>;
};

function evidenceOf(flags: PruneFlags, recordedBefore: number | undefined, directory: string): Evidence {
  const {unused, unopened} = flags;
  if (unused !== undefined && unused !== true) return evidenceOfReports(unused, flags, directory);
  if (recordedBefore === undefined || unopened) {
    throw new RetakeError(
      'invalid_setting',
      unopened
        ? 'Expected reports after --unused with --unopened, got none'
        : 'Expected --unused with reports, or --older-than, got neither',
      {hint: 'For instance: retake prune --unused unit.json e2e.json, or: retake prune --older-than 90d'},
    );
  }
  return {
    writtenAt: Infinity,
    covers: () => true,
    unusedIn: async place => {
      if (unused === undefined) return () => true;
      if (!isStoreAddress(place)) throw needsReports(place);
      const used = await withStoreContent(place, content => content.usedSince(recordedBefore));
      return ({key}) => !used.has(interactionId(key as CassetteKey));
    },
  };
}

function needsReports(place: string): RetakeError {
  return new RetakeError(
    'invalid_setting',
    `The cassette file ${place} does not note when it was used: expected reports after --unused, got none`,
    {hint: 'Write them with `retake run --report FILE`, and name those of every test suite.'},
  );
}

/** The evidence of all reports together. */
function evidenceOfReports(
  unused: readonly string[],
  {allowFailed}: PruneFlags,
  directory: string,
): Evidence {
  const reports = unused.map(file => ({file, report: readRunReport(file, directory)}));
  const failed = reports.find(({report}) => report.exitCode !== 0);
  if (failed && !allowFailed) throw refuseFailed(failed.file, failed.report);
  const usedTakes = new Set(reports.flatMap(({report}) => report.used.map(nameOf)));
  const unusedTakes = new Set(reports.flatMap(({report}) => report.unused.map(nameOf)));
  const names = new Set(
    reports.flatMap(({report}) => [...report.used, ...report.unused].map(({cassette}) => cassette)),
  );
  return {
    writtenAt: Math.min(...unused.map(file => statSync(resolve(directory, file)).mtimeMs)),
    covers: (path: string) => names.has(nameAt(path)),
    unusedIn: async () => take => unusedTakes.has(nameOf(take)) && !usedTakes.has(nameOf(take)),
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
  {isWritten, pending}: {readonly isWritten: boolean; readonly pending: string},
): string {
  const lines = cassettes.flatMap(({path, takes, pruned}) => {
    const count = pruned.reduce((sum, one) => sum + one.takes.length, 0);
    const done = isWritten ? 'removed' : pending;
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
