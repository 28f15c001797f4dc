import {existsSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {RunReport} from '../../cli/output/run-report.js';
import type {DiffReport} from '../../src/report/json.js';
import {openPullRequest, type PullRequestWorld, pullRequestNumber} from '../support/pull-request.js';
import {keyOf} from '../support/recordings.js';
import {retake} from '../support/retake.js';

const path = 'cassettes/shop.cassette';
const france = 'What is the capital of France?';
const one = {main: {[path]: {[france]: 'Paris.'}}, topic: {[path]: {[france]: 'It is Paris.'}}};

function answersTo(count: number, answer: string) {
  const questions = Array.from({length: count}, (_, index) => `What costs item ${index} of the shop?`);
  return {[path]: Object.fromEntries(questions.map(question => [question, answer.repeat(5)]))};
}

/** Runs `retake review` as a step of the pull request's workflow. */
function step(t: ExecutionContext, world: PullRequestWorld, ...words: readonly string[]) {
  return retake(t, ['review', ...words], {directory: world.directory, environment: world.environment});
}

function commentsOf({api}: PullRequestWorld): readonly string[] {
  return (api.comments.get(pullRequestNumber) ?? []).map(({body}) => body);
}

test('the review of a branch is printed as Markdown, and a significant change makes the exit code 1', async t => {
  const {directory} = await openPullRequest(t, one);
  const {exitCode, stdout, stderr} = await retake(t, ['review', '--base', 'origin/main'], {directory});
  t.is(stderr, '');
  t.regex(
    stdout,
    /^### retake: 1 change, 1 of them set to fail\n\n<code>origin\/main \([0-9a-f]{10}\)<\/code> → /,
  );
  t.regex(stdout, /<b>text<\/b>: <code>What is the capital of France\?<\/code>/);
  t.is(exitCode, 1);
});

test('a branch that changed no cassette has nothing to review', async t => {
  const {directory} = await openPullRequest(t, {...one, topic: one.main});
  const {exitCode, stdout} = await retake(t, ['review', '--base', 'origin/main'], {directory});
  t.regex(stdout, /^### retake: no cassette changed\n/);
  t.is(exitCode, 0);
});

test('paths and patterns select what is reviewed, relative to the current folder', async t => {
  const answered = (answer: string) => ({
    'a.cassette': {[france]: answer},
    'test/b.cassette': {[france]: answer},
    'test/deep/[c].cassette': {[france]: answer},
  });
  const {directory} = await openPullRequest(t, {main: answered('Paris.'), topic: answered('It is Paris.')});
  const reviewed = async (folder: string, ...paths: readonly string[]) => {
    const words = ['review', '--base', 'origin/main', ...paths];
    const {stdout} = await retake(t, words, {directory: join(directory, folder)});
    return [...stdout.matchAll(/^#### <code>(.*?)<\/code>/gm)].map(([, name = '']) =>
      name.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))),
    );
  };
  t.deepEqual(await reviewed('.'), ['a.cassette', 'test/b.cassette', 'test/deep/[c].cassette']);
  t.deepEqual(await reviewed('.', '*.cassette'), ['a.cassette']);
  t.deepEqual(await reviewed('.', '**/*.cassette'), [
    'a.cassette',
    'test/b.cassette',
    'test/deep/[c].cassette',
  ]);
  t.deepEqual(await reviewed('.', 'test/*.cassette', 'a.cassette'), ['a.cassette', 'test/b.cassette']);
  t.deepEqual(await reviewed('test', 'deep'), ['test/deep/[c].cassette']);
  t.deepEqual(await reviewed('test/deep', '[c].cassette'), ['test/deep/[c].cassette']);
  t.deepEqual(await reviewed('.', 'nowhere/*.cassette'), []);
});

test('a job gets annotations, a summary and outputs', async t => {
  const world = await openPullRequest(t, one);
  const {exitCode, stdout, stderr} = await step(t, world, '--github', '--page', 'page.html');
  t.is(stderr, '');
  t.regex(stdout, /^::error title=retake%3A text,file=cassettes\/shop\.cassette::text: /);
  t.regex(
    await world.summary(),
    /^### retake: 1 change, 1 of them set to fail\n\n.* → <code>topic<\/code>: 1 text\n/,
  );
  t.like(await world.outputs(), {
    ...{verdict: 'failed', changes: '1', failing: '1', identical: '0', invalid: '0', page: 'true'},
  });
  t.like(JSON.parse((await world.outputs())['counts'] ?? ''), {text: 1, shape: 0});
  t.regex(await readFile(join(world.directory, 'page.html'), 'utf8'), /^<!doctype html>/);
  t.deepEqual(commentsOf(world), []);
  t.is(exitCode, 1);
});

test('a job without a change has no report page', async t => {
  const world = await openPullRequest(t, {...one, topic: one.main});
  const {exitCode} = await step(t, world, '--github', '--page', 'page.html');
  t.like(await world.outputs(), {verdict: 'passed', changes: '0', page: 'false'});
  t.false(existsSync(join(world.directory, 'page.html')));
  t.is(exitCode, 0);
});

test('the comment contains the printed review and a link to the page', async t => {
  const world = await openPullRequest(t, one);
  const {exitCode, stdout} = await step(t, world, '--comment', '--page-url', 'https://example.org/page(1)');
  t.is(stdout, 'retake: Created the comment of the pull request.\n');
  t.is(exitCode, 0);
  const printed = (await step(t, world, '--base', 'origin/main')).stdout;
  const [comment = ''] = commentsOf(world);
  t.is(
    comment.replace(/^<!-- retake-review [0-9a-f]{32} -->\n/, ''),
    `${printed.replace('the work tree', 'topic').trimEnd()}\n\n[Questions and answers side by side](https://example.org/page%281%29)`,
  );
});

test('a second push edits the comment, and a push that undoes the change updates it', async t => {
  const world = await openPullRequest(t, one);
  await step(t, world, '--comment');
  await world.record({[path]: {[france]: 'Paris, of course.'}});
  await world.commit('Record once more');
  t.regex((await step(t, world, '--comment')).stdout, /Updated the comment/);
  t.regex((await step(t, world, '--comment')).stdout, /is up to date/);
  t.regex(commentsOf(world).join(), /Paris, of course/);
  await world.record(one.main);
  await world.commit('Undo it');
  t.regex((await step(t, world, '--comment')).stdout, /Updated the comment/);
  t.is(commentsOf(world).length, 1);
  t.regex(commentsOf(world).join(), /no cassette changed/);
});

test('a pull request without a change gets no comment', async t => {
  const world = await openPullRequest(t, {...one, topic: one.main});
  t.regex((await step(t, world, '--comment')).stdout, /no changes to comment on/);
  t.deepEqual(commentsOf(world), []);
});

test('500 changes are truncated to GitHub’s limit, and counted', async t => {
  const world = await openPullRequest(t, {
    main: answersTo(500, 'It costs nine crowns. '),
    topic: answersTo(500, 'It costs ten crowns. '),
  });
  const {exitCode, stderr} = await step(t, world, '--comment', '--page-url', 'https://example.org/page');
  t.is(stderr, '');
  t.is(exitCode, 0);
  const [comment = ''] = commentsOf(world);
  t.true(comment.length <= 65_536);
  t.regex(comment, /### retake: 500 changes, 500 of them set to fail\n/);
  t.regex(comment, /\n\d+ more changes are not shown here\.\n\n\[Questions and answers side by side\]/);
  await step(t, world, '--github');
  const summary = await world.summary();
  t.true(Buffer.byteLength(summary) <= 1 << 20);
  t.true(summary.length > comment.length);
});

test('a pull request from a fork has its review in the summary only, and nothing fails', async t => {
  const world = await openPullRequest(t, one);
  world.api.isReadOnly = true;
  const {exitCode, stdout, stderr} = await step(t, world, '--comment');
  t.regex(stdout, /^::notice title=retake review::The token may not write comments/);
  t.is(stderr, '');
  t.is(exitCode, 0);
});

test('a damaged cassette fails the job and is reported', async t => {
  const world = await openPullRequest(t, one);
  const file = join(world.directory, path);
  await writeFile(file, (await readFile(file)).subarray(0, 2048));
  await world.commit('Damage it');
  const {exitCode, stdout} = await step(t, world, '--github');
  t.regex(stdout, /^::error title=retake verify,file=cassettes\/shop\.cassette::.*is truncated/);
  t.regex(await world.summary(), /\*\*wrong\*\* <code>cassettes\/shop\.cassette<\/code>: .*truncated/);
  t.like(await world.outputs(), {verdict: 'failed', invalid: '1'});
  t.is(exitCode, 1);
});

test('a cassette that was damaged at the base can be repaired', async t => {
  const world = await openPullRequest(t, one);
  await world.git('checkout', '--quiet', '-b', 'broken', 'main');
  await writeFile(join(world.directory, path), 'once upon a time');
  await world.git('update-ref', 'refs/remotes/origin/main', await world.commit('Break it'));
  await world.git('checkout', '--quiet', '-b', 'repaired');
  await world.record(one.topic);
  await world.commit('Repair it');
  const {exitCode, stdout} = await step(t, world, '--github');
  t.regex(stdout, /^::warning title=retake verify,file=cassettes\/shop\.cassette::It cannot be compared\. /);
  t.is(exitCode, 0);
});

test('changes that others merged meanwhile are not reviewed, even in a merge commit', async t => {
  const world = await openPullRequest(t, one);
  await world.git('checkout', '--quiet', '-b', 'meanwhile', 'main');
  await world.record({...one.main, 'other.cassette': {[france]: 'Paris.'}});
  await world.git('update-ref', 'refs/remotes/origin/main', await world.commit('Record more'));
  const reviewed = async () => (await step(t, world, '--base', 'origin/main')).stdout;
  await world.git('checkout', '--quiet', 'topic');
  t.notRegex(await reviewed(), /other\.cassette/);
  await world.git('merge', '--quiet', '--no-edit', 'meanwhile');
  t.notRegex(await reviewed(), /other\.cassette/);
  t.regex(await reviewed(), /1 change, 1 of them set to fail/);
});

/** Invalid invocations and their errors. */
const mistakes: Record<
  string,
  {words: readonly string[]; environment?: Record<string, string>; said: RegExp}
> = {
  'no base': {words: [], said: /Expected --base to name the branch to merge into/},
  'a missing base': {words: ['--base', 'nowhere'], said: /Expected a commit, but `nowhere` does not exist/},
  'missing GitHub Actions variables': {
    words: ['--github'],
    environment: {GITHUB_ACTIONS: ''},
    said: /Expected to run in GitHub Actions/,
  },
  'an event without a base to compare with': {
    words: ['--github'],
    environment: {GITHUB_EVENT_PATH: ''},
    said: /has no commit to compare with/,
  },
  'a comment without a token': {
    words: ['--comment'],
    environment: {GITHUB_TOKEN: ''},
    said: /Expected GITHUB_TOKEN to be set/,
  },
  'a wrong token': {words: ['--comment'], environment: {GITHUB_TOKEN: 'wrong'}, said: /Bad credentials/},
  'a name that would close the HTML comment': {
    words: ['--comment', '--name', 'x-->'],
    said: /Expected --name to be/,
  },
  'a page URL that is not http': {
    words: ['--comment', '--page-url', 'javascript:x'],
    said: /Expected --page-url/,
  },
};

for (const [name, {words, environment = {}, said}] of Object.entries(mistakes)) {
  test(`${name} is an error with exit code 2`, async t => {
    const world = await openPullRequest(t, one);
    const {exitCode, stdout, stderr} = await retake(t, ['review', ...words], {
      directory: world.directory,
      environment: {...world.environment, ...environment},
    });
    t.regex(stderr, said);
    t.is(stdout, '');
    t.is(exitCode, 2);
    t.deepEqual(commentsOf(world), []);
  });
}

test('a shallow checkout without the base prints how to fetch it', async t => {
  const world = await openPullRequest(t, one);
  await world.git('update-ref', '-d', 'refs/remotes/origin/main');
  const event = JSON.parse(await readFile(world.eventFile, 'utf8'));
  event.pull_request.base.sha = '1'.repeat(40);
  await writeFile(world.eventFile, JSON.stringify(event));
  const {exitCode, stderr} = await step(t, world, '--github');
  t.regex(stderr, /of this clone, got origin\/main or 1{40}\n {2}.*fetch-depth: 0/);
  t.is(exitCode, 2);
});

test('a changed prompt is one change with the verdict of its answer, although the old recording is still there', async t => {
  const year = 'In which year was the capital of France built?';
  const sea = 'Write a poem about the sea.';
  const {directory} = await openPullRequest(t, {
    main: {[path]: {[france]: 'Paris.', [sea]: 'Waves.'}},
    topic: {[path]: {[france]: 'Paris.', [sea]: 'Waves.', [year]: '1760.'}},
  });
  const review = async (...words: readonly string[]) =>
    retake(t, ['review', '--base', 'origin/main', ...words], {directory});
  const {exitCode, stdout} = await review();
  t.regex(stdout, /^### retake: 1 change, 1 of them set to fail\n/);
  t.regex(stdout, /1 text, 1 identical/);
  t.regex(stdout, /<b>text<\/b>, question changed: <code>In which year/);
  t.regex(stdout, /^-Paris\.\n\+1760\.$/m);
  t.is(exitCode, 1);
  const {diff} = JSON.parse((await review('--json')).stdout) as {diff: DiffReport};
  t.like(diff.cassettes[0]?.changes[0], {verdict: 'text', isAskedDifferently: true, isOldKept: true});

  // A run that still asks the old question shows that the new one was added.
  const run = (...questions: readonly string[]) =>
    writeFile(join(directory, 'run.json'), JSON.stringify(runReportOf('shop', questions)));
  await run(france, sea, year);
  const added = await review('--report', 'run.json');
  t.regex(added.stdout, /1 added, 2 identical/);
  t.is(added.exitCode, 0);
  await run(sea, year);
  t.is((await review('--report', 'run.json')).exitCode, 1);
});

/** The report of a run that asked these questions. */
function runReportOf(cassette: string, questions: readonly string[]): RunReport {
  const used = questions.map(question => ({cassette, key: keyOf(question), take: 1, recordedAt: 1}));
  const counts = {played: used.length, recorded: 0, missed: 0, notRecorded: 0, failed: 0};
  const head = {version: 1 as const, command: ['npm', 'test'], mode: 'auto', cassette: 'cassettes'};
  return {...head, exitCode: 0, commandExit: {code: 0}, ...counts, misses: [], used, unused: []};
}
