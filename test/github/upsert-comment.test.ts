import test, {type ExecutionContext} from 'ava';
import {RetakeError} from '../../src/errors.js';
import {openComments} from '../../src/github/comments.js';
import {type ReviewComment, upsertComment} from '../../src/github/upsert-comment.js';
import {apiToken, type GithubApi, githubApi, type Refusal} from '../support/github-api.js';

const pullRequest = 7;

/** A pull request on a stand-in for GitHub, and the function that updates its comment. Waiting takes almost no time. */
async function openPullRequest(t: ExecutionContext, {token = apiToken}: {token?: string} = {}) {
  const api = await githubApi(t);
  const comments = openComments({apiUrl: api.url, token, repository: 'ann/shop', pullRequest, second: 1});
  return {
    api,
    bodies: () => (api.comments.get(pullRequest) ?? []).map(({body}) => body),
    keep: (text: string, rest: Partial<ReviewComment> = {}) =>
      upsertComment(comments, {name: 'retake-review', text, creates: true, ...rest}),
  };
}

function writesOf({asked}: GithubApi): readonly string[] {
  return asked.filter(line => !line.startsWith('GET '));
}

test('the first review writes the comment, and the next ones edit it', async t => {
  const {api, bodies, keep} = await openPullRequest(t);
  t.is(await keep('One change.\n'), 'written');
  t.is(await keep('Two changes.\n'), 'edited');
  t.is(bodies().length, 1);
  t.regex(bodies()[0] ?? '', /^<!-- retake-review [0-9a-f]{32} -->\nTwo changes\.$/);
  t.deepEqual(writesOf(api), [
    'POST /api/v3/repos/ann/shop/issues/7/comments',
    'PATCH /api/v3/repos/ann/shop/issues/comments/1001',
  ]);
});

test('a comment with the same review is not edited, even if the page URL changed', async t => {
  const {api, bodies, keep} = await openPullRequest(t);
  await keep('One change.', {footer: '[Page](https://example.org/1)'});
  const [before] = bodies();
  t.is(await keep('One change.', {footer: '[Page](https://example.org/2)'}), 'unchanged');
  t.deepEqual(bodies(), [before]);
  t.is(writesOf(api).length, 1);
  t.regex(before ?? '', /\nOne change\.\n\n\[Page\]\(https:\/\/example\.org\/1\)$/);
});

test('a review without changes writes no comment, but edits an existing one', async t => {
  const {bodies, keep} = await openPullRequest(t);
  t.is(await keep('Nothing.', {creates: false}), 'none');
  t.deepEqual(bodies(), []);
  await keep('One change.');
  t.is(await keep('Nothing.', {creates: false}), 'edited');
  t.regex(bodies().join(), /\nNothing\.$/);
});

test('the comment is found on any page of the list', async t => {
  const {api, bodies, keep} = await openPullRequest(t);
  for (let index = 0; index < 230; index++) api.addComment(pullRequest, {body: `Comment ${index}`});
  await keep('One change.');
  for (let index = 0; index < 120; index++) api.addComment(pullRequest, {body: `Later ${index}`});
  t.is(await keep('Two changes.'), 'edited');
  t.is(bodies().filter(body => body.includes('Two changes.')).length, 1);
  t.is(bodies().length, 351);
  t.is(writesOf(api).length, 2);
});

test('comments of other users with the same marker are left alone', async t => {
  const {api, bodies, keep} = await openPullRequest(t);
  const body = '<!-- retake-review 0 -->\nAll is well.';
  api.addComment(pullRequest, {body, author_association: 'CONTRIBUTOR'});
  t.is(await keep('One change.'), 'written');
  t.is(bodies()[0], body);
  t.is(bodies().length, 2);
});

test('a comment that quotes the review’s comment is left alone', async t => {
  const {api, keep} = await openPullRequest(t);
  await keep('One change.');
  const [own] = api.comments.get(pullRequest) ?? [];
  const quote = api.addComment(pullRequest, {body: `> ${own?.body}\n\nWhy?`, author_association: 'OWNER'});
  await keep('Two changes.');
  t.regex(quote.body, /^> <!--[\s\S]*One change[\s\S]*Why\?$/);
});

test('of two comments written by parallel jobs, one stays', async t => {
  const {api, bodies, keep} = await openPullRequest(t);
  await keep('One change.');
  const [own] = api.comments.get(pullRequest) ?? [];
  if (own) api.addComment(pullRequest, {...own, id: 2000});
  t.is(await keep('Two changes.'), 'edited');
  t.is(bodies().length, 1);
  t.regex(bodies().join(), /Two changes/);
});

test('reviews with different names have separate comments', async t => {
  const {bodies, keep} = await openPullRequest(t);
  await keep('Of the shop.', {name: 'shop'});
  await keep('Of the shop and more.', {name: 'shop-and-more'});
  t.is(await keep('Of the shop, again.', {name: 'shop'}), 'edited');
  t.deepEqual(
    bodies().map(body => body.split('\n')[1]),
    ['Of the shop, again.', 'Of the shop and more.'],
  );
});

test('a read-only token is not a failure, with or without a comment', async t => {
  const {api, bodies, keep} = await openPullRequest(t);
  api.isReadOnly = true;
  t.is(await keep('One change.'), 'forbidden');
  t.deepEqual(bodies(), []);
  api.isReadOnly = false;
  await keep('One change.');
  api.isReadOnly = true;
  t.is(await keep('Two changes.'), 'forbidden');
});

const inAMoment = {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1'};

/** Temporary failures: a later attempt succeeds. */
const passing: Record<string, Refusal> = {
  'a rate limit': {status: 403, message: 'API rate limit exceeded for installation.', headers: inAMoment},
  'a secondary rate limit': {
    status: 429,
    message: 'You have exceeded a secondary rate limit.',
    headers: {'retry-after': '2'},
  },
  'a server error': {status: 502, message: 'Server Error'},
};

for (const [name, refusal] of Object.entries(passing)) {
  test(`${name} is retried`, async t => {
    const {api, bodies, keep} = await openPullRequest(t);
    api.refusals.push(refusal);
    t.is(await keep('One change.'), 'written');
    t.is(bodies().length, 1);
  });
}

test('a rate limit of an hour is an error at once', async t => {
  const {api, keep} = await openPullRequest(t);
  const message = 'You have exceeded a secondary rate limit.';
  api.refusals.push({status: 403, message, headers: {'retry-after': '3600'}});
  const error = await t.throwsAsync(keep('One change.'), {
    message: /could not be read: .*secondary rate limit/,
  });
  t.like(error, {code: 'github_failed'});
  t.is(api.asked.length, 1);
});

test('a token that GitHub rejects is an error that does not contain the token', async t => {
  const {keep} = await openPullRequest(t, {token: 'token-of-nobody'});
  const error = await t.throwsAsync(keep('One change.'), {message: /could not be read: Bad credentials/});
  t.like(error, {code: 'github_failed'});
  t.regex(error instanceof RetakeError ? (error.hint ?? '') : '', /pull-requests: write/);
  t.false(JSON.stringify(error).includes('token-of-nobody'));
  t.false(String(error?.stack).includes('token-of-nobody'));
});

test('a text that is too long for GitHub is an error', async t => {
  const {keep} = await openPullRequest(t);
  await t.throwsAsync(keep('x'.repeat(70_000)), {message: /could not be written: .*too long/});
});
