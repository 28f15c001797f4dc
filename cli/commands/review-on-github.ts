import {appendFileSync} from 'node:fs';
import type {Verdict as ChangeVerdict} from '../../src/cassette/compare/change-verdict.js';
import {type GithubActions, githubActions} from '../../src/config/load-config.js';
import {RetakeError} from '../../src/errors.js';
import {firstExistingCommit} from '../../src/git/first-existing-commit.js';
import {openComments} from '../../src/github/comments.js';
import {type ReviewEvent, readReviewEvent} from '../../src/github/review-event.js';
import {type CommentOutcome, upsertComment} from '../../src/github/upsert-comment.js';
import {renderReview} from '../../src/report/render-review.js';
import type {ReportedReview} from '../../src/report/reported-review.js';
import type {ReviewTotals} from '../../src/report/review-totals.js';
import {workflowCommand} from '../../src/report/workflow-command.js';
import type {Invocation} from '../input/invocation.js';

/** The workflow that a review is part of. */
export type Workflow = {
  readonly actions: GithubActions;
  readonly pullRequest: ReviewEvent['pullRequest'];
  /** The commit to compare with. */
  readonly base: string;
  /** The name of the branch to merge. */
  readonly branch: string | undefined;
};

/** @throws RetakeError `invalid_setting` outside GitHub Actions, or if the base is not found */
export async function findWorkflow(
  base: string | undefined,
  {directory, environment}: Invocation,
): Promise<Workflow> {
  const actions = githubActions(environment);
  if (!actions) {
    throw new RetakeError('invalid_setting', 'Expected to run in GitHub Actions: GITHUB_ACTIONS is not set', {
      hint: 'Elsewhere `retake review --base origin/main` prints the same text.',
    });
  }
  const event: ReviewEvent =
    actions.eventFile === undefined
      ? {pullRequest: undefined, bases: []}
      : readReviewEvent(actions.eventFile);
  const {pullRequest, bases} = event;
  const commit = base ?? (await firstExistingCommit(directory, bases));
  if (commit === undefined) throw baseNotFound(bases);
  return {actions, pullRequest, base: commit, branch: pullRequest?.branch};
}

function baseNotFound(bases: readonly string[]): RetakeError {
  return bases.length === 0
    ? new RetakeError('invalid_setting', 'The event of this workflow has no commit to compare with', {
        hint: 'Name it: --base REF, or the input `base` of the action.',
      })
    : new RetakeError('invalid_setting', `Expected a commit of this clone, got ${bases.join(' or ')}`, {
        hint: 'actions/checkout fetches only the last commit; set `fetch-depth: 0`.',
      });
}

type WorkflowReview = {
  readonly review: ReportedReview;
  readonly failOn: readonly ChangeVerdict[];
  readonly totals: ReviewTotals;
  readonly hasPage: boolean;
};

/** GitHub takes 1 MiB of summary for a step, and a character is three bytes at most. */
const summaryLimit = 300_000;

/** Writes annotations, the summary of the job and the outputs of the step. */
export function reportToWorkflow(
  {actions}: Workflow,
  {review, failOn, totals, hasPage}: WorkflowReview,
): void {
  process.stdout.write(renderReview(review, 'github', {failOn}));
  if (actions.summaryFile !== undefined) {
    const summary = renderReview(review, 'markdown', {failOn, maxLength: summaryLimit});
    appendFileSync(actions.summaryFile, `${summary}\n`);
  }
  if (actions.outputFile !== undefined) {
    const {passes, changes, failing, identical, invalid, counts} = totals;
    const outputs = {
      verdict: passes ? 'passed' : 'failed',
      ...{changes, failing, identical, invalid},
      counts: JSON.stringify(counts),
      page: hasPage,
    };
    const lines = Object.entries(outputs).map(([name, value]) => `${name}=${value}\n`);
    appendFileSync(actions.outputFile, lines.join(''));
  }
}

type PullRequestReview = {
  readonly name: string;
  readonly text: string;
  readonly begins: boolean;
  readonly pageUrl: string | undefined;
};

/** @throws RetakeError `invalid_setting` if something is missing, `github_failed` if GitHub refuses it */
export async function commentOnPullRequest(
  {actions, pullRequest}: Workflow,
  {name, text, begins, pageUrl}: PullRequestReview,
): Promise<void> {
  if (!/^[\w.-]+$/.test(name) || name.includes('--')) {
    throw new RetakeError(
      'invalid_setting',
      `Expected --name to be letters, digits and single dashes, got \`${name}\``,
    );
  }
  const footer = pageUrl === undefined ? '' : describePage(pageUrl);
  if (!pullRequest) {
    notice('This workflow has no pull request, so no comment is written.');
    return;
  }
  const {apiUrl, token, repository} = actions;
  if (token === undefined || repository === undefined) {
    const missing = token === undefined ? 'GITHUB_TOKEN' : 'GITHUB_REPOSITORY';
    throw new RetakeError('invalid_setting', `Expected ${missing} to be set for the comment, got nothing`, {
      hint: 'Give the step the environment variable GITHUB_TOKEN, and the job the permission pull-requests: write.',
    });
  }
  const comments = openComments({apiUrl, token, repository, pullRequest: pullRequest.number});
  const kept = await upsertComment(comments, {name, text, footer, creates: begins});
  if (kept === 'forbidden') notice(keepings[kept]);
  else process.stdout.write(`retake: ${keepings[kept]}\n`);
}

const keepings: Readonly<Record<CommentOutcome, string>> = {
  written: 'Created the comment of the pull request.',
  edited: 'Updated the comment of the pull request.',
  unchanged: 'The comment of the pull request is up to date.',
  none: 'There are no changes to comment on.',
  forbidden:
    'The token may not write comments, as in a pull request from a fork. See the summary of the job for the review.',
};

function describePage(url: string): string {
  if (!/^https?:\/\/\S+$/.test(url) || !URL.canParse(url)) {
    throw new RetakeError('invalid_setting', `Expected --page-url to be an address, got \`${url}\``);
  }
  const address = new URL(url).href.replaceAll('(', '%28').replaceAll(')', '%29');
  return `[Questions and answers side by side](${address})`;
}

function notice(message: string): void {
  process.stdout.write(`${workflowCommand('notice', {title: 'retake review'}, message)}\n`);
}
