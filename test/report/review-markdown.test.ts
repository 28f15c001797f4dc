import test, {type ExecutionContext} from 'ava';
import {judgeReview, renderReview} from '../../src/report/render-review.js';
import type {ReportedReview} from '../../src/report/reported-review.js';
import {diffRecordings} from '../cassette/compare/build-diff.js';
import {recordingOf} from '../support/recordings.js';

type Check = ReportedReview['checks'][number];

async function reviewOf(
  t: ExecutionContext,
  questions: number,
  {checks = [], incomparable = []}: Partial<ReportedReview> = {},
): Promise<ReportedReview> {
  const sides = ['Yes.', 'No.'].map(answer =>
    Array.from({length: questions}, (_, index) => recordingOf(`Question ${index}?`, answer)),
  );
  const cassettes = questions === 0 ? [] : [await diffRecordings(t, sides[0] ?? [], sides[1] ?? [])];
  return {diff: {before: 'main', after: 'topic', cassettes}, checks, incomparable};
}

function checkSaying(message: string, {path = 'a.cassette', severity = 'error' as const} = {}): Check {
  return {path, isValid: false, findings: [{code: 'interaction', severity, message, place: path}]};
}

test('a review that fits is shown in full', async t => {
  const review = await reviewOf(t, 3);
  const text = renderReview(review, 'markdown', {maxLength: 60_000});
  t.regex(text, /^### retake: 3 changes, 3 of them set to fail\n/);
  t.is(text.match(/<details>/g)?.length, 3);
  t.notRegex(text, /not shown/);
});

test('changes that fail nothing name the verdicts that are set to fail', async t => {
  const review = await reviewOf(t, 2);
  const headingOf = (options: Parameters<typeof renderReview>[2]) =>
    renderReview(review, 'markdown', options).split('\n')[0];
  t.is(
    headingOf({failOn: ['removed', 'shape']}),
    '### retake: 2 changes, none of them set to fail (failing verdicts: shape, removed)',
  );
  t.is(headingOf({failOn: []}), '### retake: 2 changes, none of them set to fail (failing verdicts: none)');
});

test('a review that is too long is shortened, and counts what is left out', async t => {
  const text = renderReview(await reviewOf(t, 500), 'markdown', {maxLength: 63_536});
  t.true(text.length <= 63_536);
  t.regex(text, /^### retake: 500 changes, 500 of them set to fail\n/);
  const shown = text.match(/<details>/g)?.length ?? 0;
  t.true(shown > 50);
  t.regex(text, new RegExp(`\\n${500 - shown} more changes are not shown here\\.\\n$`));
  t.is(text.match(/<\/details>/g)?.length, shown);
});

test('a damaged file comes first, and fails the review', async t => {
  const review = await reviewOf(t, 0, {checks: [checkSaying('Its take 1 is <b>odd</b>.')]});
  const text = renderReview(review, 'markdown');
  t.regex(text, /^### retake: look at these files\n\n- \*\*wrong\*\* <code>a\.cassette<\/code>: /);
  t.false(text.includes('<b>odd'));
  t.like(judgeReview(review), {passes: false, invalid: 1, isQuiet: false});
});

test('many damaged files leave room for the changes', async t => {
  const checks = Array.from({length: 2000}, (_, index) => checkSaying(`Wrong ${index}`));
  const text = renderReview(await reviewOf(t, 1, {checks}), 'markdown', {maxLength: 63_536});
  t.true(text.length <= 63_536);
  t.regex(text, /\n- and \d+ more: retake verify\n\n### retake: 1 change/);
});

test('a cassette that cannot be compared is reported and does not fail the review', async t => {
  const incomparable = [{path: 'a.cassette', message: 'The cassette a.cassette of main is damaged.'}];
  const review = await reviewOf(t, 0, {incomparable});
  t.regex(
    renderReview(review, 'markdown'),
    /- warning <code>a\.cassette<\/code>: It cannot be compared\. The/,
  );
  t.like(judgeReview(review), {passes: true, isQuiet: false});
});

test('a review without changes is quiet', async t => {
  t.like(judgeReview(await reviewOf(t, 0)), {passes: true, isQuiet: true, changes: 0});
});

test('annotations list damaged files first, and nothing in them is a command of its own', async t => {
  const checks = [checkSaying('Odd\n::set-output name=x::y ##[error]z', {path: 'a,b\n::error::.cassette'})];
  const lines = renderReview(await reviewOf(t, 1, {checks}), 'github')
    .trimEnd()
    .split('\n');
  t.is(lines.length, 3);
  t.regex(lines[0] ?? '', /^::error title=retake verify,file=a%2Cb[^:]*::Odd%0A/);
  t.regex(lines[1] ?? '', /^::error title=retake%3A text,/);
  t.regex(lines[2] ?? '', /^::notice /);
  t.false(lines.join('\n').includes('##[error]'));
});
