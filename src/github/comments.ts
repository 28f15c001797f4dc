import {Octokit} from '@octokit/core';
import {paginateRest} from '@octokit/plugin-paginate-rest';
import {retry} from '@octokit/plugin-retry';
import {throttling} from '@octokit/plugin-throttling';
import {RequestError} from '@octokit/request-error';
import {RetakeError} from '../errors.js';

/** A comment on GitHub. */
export type Comment = {
  readonly id: number;
  readonly body: string;
  /** Whether a bot or a user with write access wrote it. */
  readonly isTrusted: boolean;
};

/** The comments of one pull request. Each call can throw RetakeError `github_forbidden` or `github_failed`. */
export type Comments = {
  list(): Promise<readonly Comment[]>;
  create(body: string): Promise<void>;
  update(id: number, body: string): Promise<void>;
  remove(id: number): Promise<void>;
};

export type CommentsOptions = {
  /** `https://api.github.com`, or the API of a GitHub Enterprise server. */
  readonly apiUrl: string;
  readonly token: string;
  /** `owner/name` */
  readonly repository: string;
  readonly pullRequest: number;
  /** The length of a second of waiting, in milliseconds. */
  readonly second?: number;
};

/** In seconds. A longer wait for a rate limit fails instead: a sleeping job costs money. */
const maximumWait = 90;
const maximumRetries = 3;

/** Reads and writes comments by GitHub's REST API, with pagination and with retries after rate limits and server errors. */
export function openComments({
  apiUrl,
  token,
  repository,
  pullRequest,
  second = 1000,
}: CommentsOptions): Comments {
  const shouldRetry = (seconds: number, _options: unknown, _octokit: unknown, retries: number) =>
    seconds <= maximumWait && retries < maximumRetries;
  const octokit = new (Octokit.plugin(paginateRest, retry, throttling))({
    baseUrl: apiUrl.replace(/\/+$/, ''),
    auth: token,
    userAgent: 'retake',
    log: {debug() {}, info() {}, warn() {}, error() {}},
    retry: {retries: maximumRetries, retryAfterBaseValue: second},
    throttle: {
      id: apiUrl,
      retryAfterBaseValue: second,
      onRateLimit: shouldRetry,
      onSecondaryRateLimit: shouldRetry,
    },
  });
  const [owner = '', repo = ''] = repository.split('/');
  const issue = {owner, repo, issue_number: pullRequest};
  const comment = (id: number) => ({owner, repo, comment_id: id});
  return {
    list: () =>
      withErrors('read', async () => {
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
      withErrors('written', async () => {
        await octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {...issue, body});
      }),
    update: (id, body) =>
      withErrors('edited', async () => {
        await octokit.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
          ...comment(id),
          body,
        });
      }),
    remove: id =>
      withErrors('removed', async () => {
        await octokit.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', comment(id));
      }),
  };
}

/** Converts GitHub's errors. No message contains the token. */
async function withErrors<Result>(doing: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    const status = statusOf(error);
    const message = error instanceof Error ? error.message : String(error);
    if (status === 403 && !/rate limit/i.test(message)) {
      throw new RetakeError('github_forbidden', `The comment may not be ${doing}: ${message}`, {
        cause: error,
      });
    }
    throw new RetakeError('github_failed', `The comment could not be ${doing}: ${message}`, {
      hint:
        status === 401 || status === 404
          ? 'Check that the token can access this repository and has the permission pull-requests: write.'
          : undefined,
      cause: error,
    });
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof RequestError ? error.status : undefined;
}
