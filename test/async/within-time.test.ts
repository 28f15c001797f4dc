import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {withinTime} from '../../src/async/within-time.js';

test('it is the result if that comes in time, and undefined otherwise', async t => {
  t.is(await withinTime(Promise.resolve('done'), 10_000), 'done');
  t.is(await withinTime(sleep(10_000, 'late', {ref: false}), 10), undefined);
});

test('a failure in time is thrown', async t => {
  await t.throwsAsync(withinTime(Promise.reject(new Error('broken')), 10_000), {message: 'broken'});
});
