import test from 'ava';
import {suggestIgnore} from '../../../src/cassette/compare/suggest-ignore.js';
import {createIgnorer} from '../../../src/cassette/key/ignore.js';
import {viewOf} from '../../support/recordings.js';

const bridged: Record<string, readonly [string, string, number]> = {
  'a date': ['Today is 2026-11-29. What is new?', 'Today is 2026-11-28. What is new?', 1],
  'a time': ['Now: 2026-11-29T09:44:58.123Z.', 'Now: 2026-10-01T21:04:08Z.', 1],
  'a UUID': ['id 0b3c9f3e-6c1d-4c57-9b50-6f2b8f5e7a10', 'id 5b0c9f3e-6c1d-4c57-9b50-6f2b8f5e7a11', 1],
  'a date and a path': ['2026-11-29 /tmp/a1b2/in.txt', '2026-11-28 /tmp/ff/in.txt', 2],
  'a digest': ['commit 9fceb02d', 'commit 8fceb02e', 1],
  'a number': ['Order number 48213 is late. 3 items.', 'Order number 48377 is late. 3 items.', 1],
  'a written date': ['On 29 November 2026 it rains', 'On 1 December 2026 it rains', 1],
};

for (const [name, [asked, recorded, count]] of Object.entries(bridged)) {
  test(`an ignore rule is suggested for ${name}, and bridges the difference`, t => {
    const [mine, theirs] = [viewOf(asked), viewOf(recorded)];
    const rules = suggestIgnore(mine, theirs) ?? [];
    t.is(rules.length, count);
    const ignore = createIgnorer(rules);
    t.deepEqual(ignore(mine), ignore(theirs));
  });
}

const meant: Record<string, readonly [string, string]> = {
  'another word': ['What is the capital of France?', 'What is the capital of Spain?'],
  'a small number': ['What is 2 + 2?', 'What is 3 + 3?'],
  'a date and a word': ['2026-11-29: is it wet?', '2026-11-28: is it dry?'],
};

for (const [name, [asked, recorded]] of Object.entries(meant)) {
  test(`no ignore rule is suggested for ${name}`, t => {
    t.is(suggestIgnore(viewOf(asked), viewOf(recorded)), undefined);
  });
}

test('no ignore rule is suggested for another temperature', t => {
  const view = viewOf('Hello');
  t.is(suggestIgnore({...view, sampling: {temperature: 0}}, view), undefined);
});
