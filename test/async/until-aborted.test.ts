import test from 'ava';
import {untilAborted} from '../../src/async/until-aborted.js';

const forever = new Promise<string>(() => {});

test('it is the result, or the failure, of the promise', async t => {
  const {signal} = new AbortController();
  t.is(await untilAborted(Promise.resolve('done'), signal), 'done');
  await t.throwsAsync(untilAborted(Promise.reject(new Error('broken')), signal), {message: 'broken'});
});

test('an abort ends the wait with its reason', async t => {
  const controller = new AbortController();
  const waiting = untilAborted(forever, controller.signal);
  controller.abort(new Error('gone'));
  await t.throwsAsync(waiting, {message: 'gone'});
  await t.throwsAsync(untilAborted(forever, controller.signal), {message: 'gone'});
});

test('the reason can be made another error', async t => {
  const toError = (reason: unknown) => new Error(`closed: ${reason}`);
  await t.throwsAsync(untilAborted(forever, AbortSignal.abort('left'), toError), {message: 'closed: left'});
});
