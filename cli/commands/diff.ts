import {existsSync} from 'node:fs';
import {resolve} from 'node:path';
import {Command, Option} from 'commander';
import type {Verdict as ChangeVerdict} from '../../src/cassette/compare/change-verdict.js';
import {concealPassword} from '../../src/cassette/postgres/store-address.js';
import {RetakeError} from '../../src/errors.js';
import {type CassettesDiff, type Comparison, diffCassettes} from '../../src/operations/diff-cassettes.js';
import {type ReportFormatName, reportFormats} from '../../src/report/formats.js';
import {countFailing, type RenderOptions, renderPieces} from '../../src/report/render-diff.js';
import {
  failOnOption,
  readAskedKeys,
  readTolerance,
  readVerdicts,
  reportOption,
  tokensOption,
  verdictsHelp,
  withErrorExit,
} from '../input/diff-arguments.js';
import type {DefineCommand, Invocation} from '../input/invocation.js';
import {paint} from '../output/console-lines.js';
import {exitCodes} from '../output/exit-codes.js';
import {withProgress} from '../output/with-progress.js';
import {writeReport} from '../output/write-report.js';
import {writeToStdout} from '../output/write-to-stdout.js';

export const define: DefineCommand = (invocation, finish) =>
  new Command('diff')
    .argument('[what...]', 'Two files, folders or databases, or a range of commits and paths')
    .addOption(
      new Option('--base <ref>', 'Compare the work tree with its merge base with a branch').conflicts(
        'staged',
      ),
    )
    .option('--staged', 'Compare the index with the last commit')
    .addOption(
      new Option('--format <format>', 'Report format')
        .choices(Object.keys(reportFormats))
        .default('terminal'),
    )
    .addOption(new Option('--json', 'Print JSON (same as --format json)').implies({format: 'json'}))
    .option('--output <file>', 'Write the report to this file')
    .addOption(failOnOption())
    .addOption(tokensOption())
    .addOption(reportOption())
    .addHelpText('after', examples)
    .action(async (what: readonly string[], options: DiffFlags) => {
      finish(await withErrorExit(invocation, () => diff(what, options, invocation)));
    });

const examples = `
${verdictsHelp}

Exits with 0 if no change has a verdict of --fail-on, with 1 if one has, with 2
after an error.

Examples:
  $ retake diff                         the work tree against the last commit
  $ retake diff main...HEAD             the changes of this branch
  $ retake diff --base origin/main --format html --output review.html
  $ retake diff old.cassette new.cassette
  $ retake diff 'postgres://db/retake?at=2026-11-01' postgres://db/retake
  $ retake diff --report verdict.json   pair by what the run asked
  $ retake diff --staged --fail-on shape,tool-call`;

type DiffFlags = {
  readonly base?: string;
  readonly staged?: true;
  readonly format: ReportFormatName;
  readonly output?: string;
  readonly failOn: string;
  readonly tokens: string;
  readonly report?: readonly string[];
};

async function diff(what: readonly string[], flags: DiffFlags, {directory}: Invocation): Promise<number> {
  const failOn = readVerdicts(flags.failOn);
  const tokens = readTolerance(flags.tokens);
  const {comparison, paths} = readComparison(what, flags, directory);
  const asked = readAskedKeys(flags.report, directory);
  const found = await withProgress('Comparing', () =>
    diffCassettes(comparison, {directory, paths, tokens, asked}),
  );
  await write(found, failOn, flags, directory);
  return countFailing(found, failOn) > 0 ? exitCodes.failure : exitCodes.success;
}

async function write(
  found: CassettesDiff,
  failOn: readonly ChangeVerdict[],
  {format, output}: DiffFlags,
  directory: string,
): Promise<void> {
  if (output === undefined) {
    const options: RenderOptions = {failOn, paint: (style, text) => paint(style, text, process.stdout)};
    await writeToStdout(renderPieces(found, format, options));
  } else {
    await writeReport(renderPieces(found, format, {failOn}), output, directory);
  }
}

/** @throws RetakeError `invalid_setting` when the words and flags do not say what to compare */
function readComparison(
  what: readonly string[],
  {base, staged}: DiffFlags,
  directory: string,
): {comparison: Comparison; paths: readonly string[]} {
  if (base !== undefined) return {comparison: {kind: 'base', ref: base}, paths: what};
  if (staged) return {comparison: {kind: 'staged'}, paths: what};
  const [first, second, ...others] = what;
  if (first === undefined) return {comparison: {kind: 'work-tree'}, paths: []};
  const isPath = existsSync(resolve(directory, first));
  if (!isPath && first.includes('..'))
    return {comparison: {kind: 'range', range: first}, paths: what.slice(1)};
  if (second === undefined && isPath) return {comparison: {kind: 'work-tree'}, paths: what};
  if (second !== undefined && others.length === 0) {
    return {
      comparison: {kind: 'paths', before: concealPassword(first), after: concealPassword(second)},
      paths: [],
    };
  }
  throw new RetakeError(
    'invalid_setting',
    `Expected two files or folders, or a range of commits, got \`${what.join(' ')}\``,
    {hint: 'For instance: retake diff main...HEAD, or: retake diff --base main'},
  );
}
