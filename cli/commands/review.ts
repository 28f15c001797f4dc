import {Command, Option} from 'commander';
import type {Verdict as ChangeVerdict} from '../../src/cassette/compare/change-verdict.js';
import {RetakeError} from '../../src/errors.js';
import {commentLimit, commentReserve} from '../../src/github/upsert-comment.js';
import {reviewCassettes} from '../../src/operations/review-cassettes.js';
import {renderPieces} from '../../src/report/render-diff.js';
import {judgeReview, renderReview} from '../../src/report/render-review.js';
import type {ReportedReview} from '../../src/report/reported-review.js';
import {
  failOnOption,
  orTold,
  readTolerance,
  readVerdicts,
  tokensOption,
  verdictsHelp,
} from '../input/diff-arguments.js';
import type {DefineCommand, Invocation} from '../input/invocation.js';
import {exitCodes} from '../output/exit-codes.js';
import {whileShown} from '../output/while-shown.js';
import {writeWhole} from '../output/write-whole.js';
import {findWorkflow, tellPullRequest, tellWorkflow, type Workflow} from './review-on-github.js';

export const define: DefineCommand = (invocation, finish) =>
  new Command('review')
    .description(
      'Tells whoever merges this branch what the model now says differently, and whether the changed cassettes are whole.',
    )
    .argument('[paths...]', 'Files, folders and patterns to look at (default: all that changed)')
    .option('--base <ref>', 'The branch to merge into (in GitHub Actions: that of the pull request)')
    .option('--output <file>', 'Write the Markdown into this file')
    .option('--page <file>', 'Write the page into this file, if anything differs')
    .addOption(failOnOption())
    .addOption(tokensOption())
    .addOption(
      new Option(
        '--github',
        'Tell GitHub Actions: the summary of the job, annotations, outputs of the step',
      ).conflicts('comment'),
    )
    .option('--comment', 'Keep one comment of the pull request up to date, with the token in GITHUB_TOKEN')
    .option('--name <name>', 'Tells several comments of one pull request apart', 'retake-review')
    .option('--page-url <url>', 'Where the comment says that the page is')
    .addHelpText('after', help)
    .action(async (paths: readonly string[], flags: ReviewFlags) => {
      finish(await orTold(invocation, () => review(paths, flags, invocation)));
    });

const help = `
${verdictsHelp}

Exits with 0 when nothing differs that matters and every changed cassette is whole, with 1 otherwise, with 2 when it
cannot be told. With --comment it exits with 0 once the comment is as it should be, whatever differs; where the token may
not write, as in a pull request from a fork, it says so and leaves it at that.

Examples:
  $ retake review --base origin/main
  $ retake review --base origin/main --page review.html 'test/**/*.cassette'
  $ retake review --github && retake review --comment      in a workflow of GitHub Actions`;

type ReviewFlags = {
  readonly base?: string;
  readonly output?: string;
  readonly page?: string;
  readonly failOn: string;
  readonly tokens: string;
  readonly github?: true;
  readonly comment?: true;
  readonly name: string;
  readonly pageUrl?: string;
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
  const found = await whileShown('Comparing', () => reviewCassettes(base, {directory, paths, tokens}));
  const named = workflow?.branch === undefined ? found : nameBranch(found, workflow.branch);
  return tell(named, {failOn, flags, workflow, directory});
}

type Telling = {
  readonly failOn: readonly ChangeVerdict[];
  readonly flags: ReviewFlags;
  readonly workflow: Workflow | undefined;
  readonly directory: string;
};

async function tell(review: ReportedReview, {failOn, flags, workflow, directory}: Telling): Promise<number> {
  const totals = judgeReview(review, {failOn});
  const markdown = renderReview(review, 'markdown', {failOn, maxLength: commentLimit - commentReserve});
  const hasPage = flags.page !== undefined && totals.changes > 0;
  if (hasPage) writeWhole(renderPieces(review.diff, 'html', {failOn}), flags.page, directory);
  if (flags.output !== undefined) writeWhole(markdown, flags.output, directory);
  if (workflow && flags.comment) {
    await tellPullRequest(workflow, {
      name: flags.name,
      text: markdown,
      begins: !totals.isQuiet,
      pageUrl: flags.pageUrl,
    });
    return exitCodes.success;
  }
  if (workflow) tellWorkflow(workflow, {review, failOn, totals, hasPage});
  else if (flags.output === undefined) process.stdout.write(markdown);
  return totals.passes ? exitCodes.success : exitCodes.failure;
}

/** In a pull request the work tree is that of its branch. */
function nameBranch(review: ReportedReview, branch: string): ReportedReview {
  return {...review, diff: {...review.diff, after: branch}};
}
