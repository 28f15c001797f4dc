import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {readReviewEvent} from '../../src/github/review-event.js';
import {temporaryFolder} from '../support/temporary-folder.js';

async function read(t: ExecutionContext, content: unknown) {
  const file = join(await temporaryFolder(t), 'event.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readReviewEvent(file);
}

const repository = {default_branch: 'main'};

/** Events as GitHub sends them, reduced to the members that are read, and the result. */
const events: Record<string, {payload: object; said: object}> = {
  'a pull request': {
    payload: {
      pull_request: {number: 7, base: {ref: 'main', sha: 'b1'}, head: {ref: 'night trains', sha: 'h1'}},
      before: 'h0',
      repository,
    },
    said: {pullRequest: {number: 7, branch: 'night trains'}, bases: ['origin/main', 'b1']},
  },
  'a merge queue': {
    payload: {merge_group: {base_sha: 'b1', head_ref: 'gh-readonly-queue/main/pr-7'}, repository},
    said: {pullRequest: undefined, bases: ['b1', 'origin/main']},
  },
  'a push': {
    payload: {before: 'b1', after: 'h1', ref: 'refs/heads/main', repository},
    said: {pullRequest: undefined, bases: ['b1', 'origin/main']},
  },
  'a push of a new branch': {
    payload: {before: '0'.repeat(40), after: 'h1', repository},
    said: {pullRequest: undefined, bases: ['origin/main']},
  },
  'a schedule': {payload: {schedule: '0 4 * * *'}, said: {pullRequest: undefined, bases: []}},
};

for (const [name, {payload, said}] of Object.entries(events)) {
  test(`the base to compare with is read from ${name}`, async t => {
    const event: object = await read(t, payload);
    t.deepEqual(event, said);
  });
}

test('an invalid event is an error', async t => {
  await t.throwsAsync(read(t, 'once upon a time'), {
    message: /Expected the event of a workflow in .*event\.json/,
  });
  await t.throwsAsync(read(t, {pull_request: {number: 'seven'}}), {message: /\/pull_request\/\w+/});
});
