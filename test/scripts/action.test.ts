import {readdir} from 'node:fs/promises';
import baseTest from 'ava';
import {hasAct, runAction} from '../support/act.js';
import {openPullRequest, type PullRequestWorld, pullRequestNumber} from '../support/pull-request.js';
import {temporaryFolder} from '../support/temporary-folder.js';

// act is required only in unattended builds.
const isCi = !['', '0', 'false', undefined].includes(process.env['CI']);
const test = hasAct || isCi ? baseTest : baseTest.skip;

const path = 'cassettes/shop.cassette';
const france = 'What is the capital of France?';
const one = {main: {[path]: {[france]: 'Paris.'}}, topic: {[path]: {[france]: 'It is Paris.'}}};

function answersTo(count: number, answer: string) {
  const questions = Array.from({length: count}, (_, index) => `What costs item ${index} of the shop?`);
  return {[path]: Object.fromEntries(questions.map(question => [question, answer.repeat(5)]))};
}

function commentsOf({api}: PullRequestWorld): readonly string[] {
  return (api.comments.get(pullRequestNumber) ?? []).map(({body}) => body);
}

test('one change fails the job, and is reported in one comment with a link to the page', async t => {
  const world = await openPullRequest(t, one);
  const {exitCode, log, uploads} = await runAction(t, world);
  t.regex(log, /### retake: 1 change, 1 of them set to fail/);
  t.regex(log, /::error title=retake%3A text,file=cassettes\/shop\.cassette::text: "What is/);
  t.regex(log, /told failed 1 https:\/\/github\.test\/ann\/shop\/artifacts\/retake-review/);
  t.deepEqual(uploads, ['retake-review']);
  const [comment = '', ...others] = commentsOf(world);
  t.deepEqual(others, []);
  t.regex(comment, /\n### retake: 1 change, 1 of them set to fail\n/);
  t.regex(
    comment,
    /\n\[Questions and answers side by side\]\(https:\/\/github\.test\/ann\/shop\/artifacts\/retake-review\)$/,
  );
  t.is(exitCode, 1);
});

test('a second push edits the comment, and changes that are not set to fail leave the job green', async t => {
  const world = await openPullRequest(t, one);
  const inputs = {'fail-on': 'none', 'node-version': '22'};
  t.is((await runAction(t, world, {inputs})).exitCode, 0);
  await world.record({[path]: {[france]: 'Paris, of course.'}});
  await world.commit('Record once more');
  t.is((await runAction(t, world, {inputs})).exitCode, 0);
  t.is(commentsOf(world).length, 1);
  t.regex(
    commentsOf(world).join(),
    /1 change, none of them set to fail \(failing verdicts: none\)[\s\S]*Paris, of course/,
  );
});

test('a pull request without a change is green, without a comment or a page', async t => {
  const world = await openPullRequest(t, {...one, topic: one.main});
  const {exitCode, log, uploads} = await runAction(t, world);
  t.regex(log, /told passed 0/);
  t.deepEqual(uploads, []);
  t.deepEqual(commentsOf(world), []);
  t.is(exitCode, 0);
});

test('500 changes fit in the comment, and the rest is on the page', async t => {
  const world = await openPullRequest(t, {
    main: answersTo(500, 'It costs nine crowns. '),
    topic: answersTo(500, 'It costs ten crowns. '),
  });
  const {exitCode, log} = await runAction(t, world);
  t.regex(log, /told failed 500 /);
  const [comment = ''] = commentsOf(world);
  t.true(comment.length <= 65_536);
  t.regex(comment, /\n\d+ more changes are not shown here\.\n\n\[Questions and answers side by side\]/);
  t.is(exitCode, 1);
});

test('a pull request from a fork is green: its review is only in the summary', async t => {
  const world = await openPullRequest(t, one);
  world.api.isReadOnly = true;
  const {exitCode, log} = await runAction(t, world, {inputs: {'fail-on': 'shape'}});
  t.regex(log, /### retake: 1 change, none of them set to fail \(failing verdicts: shape\)/);
  t.regex(log, /The token may not write comments/);
  t.deepEqual(commentsOf(world), []);
  t.is(exitCode, 0);
});

test('a page that cannot be uploaded leaves the comment without a link', async t => {
  const world = await openPullRequest(t, one);
  const {exitCode} = await runAction(t, world, {inputs: {'fail-on': 'none'}, hasArtifacts: false});
  t.is(commentsOf(world).length, 1);
  t.notRegex(commentsOf(world).join(), /side by side/);
  t.is(exitCode, 0);
});

test('names of branches and files, titles and inputs are never executed', async t => {
  const trap = await temporaryFolder(t);
  const command = `touch\${IFS}${trap}/owned`;
  const branch = `x";${command};"$(${command})\`${command}\``;
  const file = `cassettes/$(${command})'; ${command}; '.cassette`;
  const world = await openPullRequest(t, {
    branch,
    title: `"; ${command}; echo "$(${command})`,
    main: {[file]: {[france]: 'Paris.'}},
    topic: {[file]: {[france]: 'It is Paris.'}},
  });
  const inputs = {cassettes: `${file}\n$(${command}).cassette`, 'fail-on': 'none'};
  const {exitCode, log} = await runAction(t, world, {inputs});
  t.regex(log, /told passed 1 /);
  t.regex(commentsOf(world).join(), /<\/code> → <code>x";touch/);
  t.deepEqual(await readdir(trap), []);
  t.is(exitCode, 0);
});
