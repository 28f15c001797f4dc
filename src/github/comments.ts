import {Octokit} from '@octokit/core';
import {paginateRest} from '@octokit/plugin-paginate-rest';
import {retry} from '@octokit/plugin-retry';
import {throttling} from '@octokit/plugin-throttling';
import {RequestError} from '@octokit/request-error';
import {RetakeError} from '../errors.js';

/** A comment as GitHub has it. */
export type Comment = {
  readonly id: number;
  readonly body: string;
  /** Whether a program wrote it, or somebody who may write into the repository. */
  readonly isTrusted: boolean;
};

/** The comments of one pull request. Each call may throw RetakeError `github_forbidden` or `github_failed`. */
export type Comments = {
  list(): Promise<readonly Comment[]>;
  create(body: string): Promise<void>;
  update(id: number, body: string): Promise<void>;
  remove(id: number): Promise<void>;
};

export type CommentsOptions = {
  /** Where the API is: `https://api.github.com`, or that of a company's own server. */
  readonly apiUrl: string;
  readonly token: string;
  /** `owner/name` */
  readonly repository: string;
  readonly pullRequest: number;
  /** Milliseconds in a second of waiting. */
  readonly second?: number;
};

/** Longer waits for a rate limit are given up; a job that sleeps costs money. */
const longestWait = 90;
const tries = 3;

/** Comments by GitHub's REST API: all pages, with patience for rate limits and for servers that fail for a moment. */
export function openComments({
  apiUrl,
  token,
  repository,
  pullRequest,
  second = 1000,
}: CommentsOptions): Comments {
  const isWorthWaiting = (seconds: number, _options: unknown, _octokit: unknown, retries: number) =>
    seconds <= longestWait && retries < tries;
  const octokit = new (Octokit.plugin(paginateRest, retry, throttling))({
    baseUrl: apiUrl.replace(/\/+$/, ''),
    auth: token,
    userAgent: 'retake',
    log: {debug() {}, info() {}, warn() {}, error() {}},
    retry: {retries: tries, retryAfterBaseValue: second},
    throttle: {
      id: apiUrl,
      retryAfterBaseValue: second,
      onRateLimit: isWorthWaiting,
      onSecondaryRateLimit: isWorthWaiting,
    },
  });
  const [owner = '', repo = ''] = repository.split('/');
  const issue = {owner, repo, issue_number: pullRequest};
  const comment = (id: number) => ({owner, repo, comment_id: id});
  return {
    list: () =>
      explained('read', async () => {
        const found = await octokit.paginate('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
          ...issue,
          per_page: 100,
        });
        return found.map(({id, body = '', user, author_association: association = ''}) => ({
          id: Number(id),
          body,
          isTrusted: user?.type === 'Bot' || ['OWNER', 'MEMBER', 'COLLABORATOR'].includes(association),
        }));
      }),
    create: body =>
      explained('written', async () => {
        await octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {...issue, body});
      }),
    update: (id, body) =>
      explained('edited', async () => {
        await octokit.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
          ...comment(id),
          body,
        });
      }),
    remove: id =>
      explained('removed', async () => {
        await octokit.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', comment(id));
      }),
  };
}

/** GitHub's refusals in our words. The token is in none of them. */
async function explained<Result>(doing: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    const status = statusOf(error);
    const said = error instanceof Error ? error.message : String(error);
    if (status === 403 && !/rate limit/i.test(said)) {
      throw new RetakeError('github_forbidden', `The comment may not be ${doing}: ${said}`, {cause: error});
    }
    throw new RetakeError('github_failed', `The comment could not be ${doing}: ${said}`, {
      ...(status === 401 || status === 404
        ? {hint: 'Does the token reach this repository? It needs the permission pull-requests: write.'}
        : {}),
      cause: error,
    });
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof RequestError ? error.status : undefined;
}
