import {Command, Option} from 'commander';
import type {Verdict as ChangeVerdict} from '../../src/cassette/compare/change-verdict.js';
import {concealPassword, isStoreAddress} from '../../src/cassette/postgres/store-address.js';
import {RetakeError} from '../../src/errors.js';
import {commentLimit, commentReserve} from '../../src/github/upsert-comment.js';
import {reviewCassettes, reviewStored} from '../../src/operations/review-cassettes.js';
import {renderPieces} from '../../src/report/render-diff.js';
import {judgeReview, renderReview} from '../../src/report/render-review.js';
import type {ReportedReview} from '../../src/report/reported-review.js';
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
import {exitCodes} from '../output/exit-codes.js';
import {reviewJson} from '../output/review-json.js';
import {withProgress} from '../output/with-progress.js';
import {writeReport} from '../output/write-report.js';
import {writeToStdout} from '../output/write-to-stdout.js';
import {commentOnPullRequest, findWorkflow, reportToWorkflow, type Workflow} from './review-on-github.js';

export const define: DefineCommand = (invocation, finish) =>
  new Command('review')
    .argument('[paths...]', 'Files, folders and patterns (default: all changed ones)')
    .option('--base <ref>', 'Branch to merge into (default: base of the pull request), or a database')
    .option('--output <file>', 'Write the Markdown to this file')
    .option('--page <file>', 'Write an HTML page to this file if anything changed')
    .addOption(failOnOption())
    .addOption(tokensOption())
    .addOption(reportOption())
    .addOption(
      new Option('--github', 'Write the summary, annotations and outputs of GitHub Actions').conflicts(
        'comment',
      ),
    )
    .addOption(new Option('--json', 'Print JSON').conflicts(['github', 'comment']))
    .option('--comment', 'Create or update a pull request comment (GITHUB_TOKEN)')
    .option('--name <name>', 'Name of the comment', 'retake-review')
    .option('--page-url <url>', 'URL of the HTML page, for the comment')
    .addHelpText('after', help)
    .action(async (paths: readonly string[], flags: ReviewFlags) => {
      finish(await withErrorExit(invocation, () => review(paths, flags, invocation)));
    });

const help = `
${verdictsHelp}

Exits with 0 if no change has a verdict of --fail-on and every changed cassette
is valid, with 1 otherwise, with 2 after an error. With --comment it exits with
0, also if the token may not write comments (pull requests from forks).

Examples:
  $ retake review --base origin/main
  $ retake review --base origin/main --page review.html 'test/**/*.cassette'
  $ retake review --base 'postgres://db/retake?cassette=a' a.cassette
  $ retake review --github && retake review --comment`;

type ReviewFlags = {
  readonly base?: string;
  readonly output?: string;
  readonly page?: string;
  readonly failOn: string;
  readonly tokens: string;
  readonly report?: readonly string[];
  readonly github?: true;
  readonly comment?: true;
  readonly name: string;
  readonly pageUrl?: string;
  readonly json?: true;
};

async function review(
  paths: readonly string[],
  flags: ReviewFlags,
  {directory, environment}: Invocation,
): Promise<number> {
  const failOn = readVerdicts(flags.failOn);
  const tokens = readTolerance(flags.tokens);
  const workflow =
    flags.github || flags.comment ? await findWorkflow(flags.base, {directory, environment}) : undefined;
  const base = flags.base ?? workflow?.base;
  if (base === undefined) {
    throw new RetakeError(
      'invalid_setting',
      'Expected --base to name the branch to merge into, got nothing',
      {
        hint: 'For instance: retake review --base origin/main',
      },
    );
  }
  const asked = readAskedKeys(flags.report, directory);
  const found = await withProgress('Comparing', () =>
    isStoreAddress(base)
      ? reviewStored({before: concealPassword(base), after: onlyPlace(paths)}, {directory, tokens, asked})
      : reviewCassettes(base, {directory, paths, tokens, asked}),
  );
  const named = workflow?.branch === undefined ? found : nameBranch(found, workflow.branch);
  return report(named, {failOn, flags, workflow, directory});
}

/** What is compared with a database. */
function onlyPlace(paths: readonly string[]): string {
  const [place, ...others] = paths;
  if (place !== undefined && others.length === 0) return concealPassword(place);
  throw new RetakeError(
    'invalid_setting',
    `Expected one cassette, folder or database to compare with the database of --base, got ${paths.length}`,
    {hint: "For instance: retake review --base 'postgres://db/retake?cassette=login' login.cassette"},
  );
}

type ReviewContext = {
  readonly failOn: readonly ChangeVerdict[];
  readonly flags: ReviewFlags;
  readonly workflow: Workflow | undefined;
  readonly directory: string;
};

async function report(
  review: ReportedReview,
  {failOn, flags, workflow, directory}: ReviewContext,
): Promise<number> {
  const totals = judgeReview(review, {failOn});
  const markdown = renderReview(review, 'markdown', {failOn, maxLength: commentLimit - commentReserve});
  const hasPage = flags.page !== undefined && totals.changes > 0;
  if (hasPage) await writeReport(renderPieces(review.diff, 'html', {failOn}), flags.page, directory);
  if (flags.output !== undefined) await writeReport(markdown, flags.output, directory);
  if (workflow && flags.comment) {
    await commentOnPullRequest(workflow, {
      name: flags.name,
      text: markdown,
      begins: !totals.isQuiet,
      pageUrl: flags.pageUrl,
    });
    return exitCodes.success;
  }
  if (workflow) reportToWorkflow(workflow, {review, failOn, totals, hasPage});
  else if (flags.json) await writeToStdout(reviewJson(review, {totals, failOn}));
  else if (flags.output === undefined) process.stdout.write(markdown);
  return totals.passes ? exitCodes.success : exitCodes.failure;
}

/** In a pull request the work tree is that of its branch. */
function nameBranch(review: ReportedReview, branch: string): ReportedReview {
  return {...review, diff: {...review.diff, after: branch}};
}
