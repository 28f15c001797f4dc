import test from 'ava';
import {cacheDescription} from '../../../../src/upstream/openai-compatible/wire/cache-description.js';
import type {UpstreamDescription} from '../../../../src/upstream/upstream-description.js';

const described: UpstreamDescription = {
  isLlamaServer: true,
  supportsImages: false,
  supportsTools: false,
  callsInParallel: false,
  supportsSystemRole: true,
  alternatesRoles: false,
};

test('a llama-server is asked again after a second, as it may have been replaced', async t => {
  const {remembered, clock, count} = build({});
  await remembered.get();
  clock.time = 999;
  await remembered.get();
  t.is(count(), 1);
  clock.time = 1001;
  await remembered.get();
  t.is(count(), 2);
});

test('another server is asked once', async t => {
  const {remembered, clock, count} = build({isLlamaServer: false});
  await remembered.get();
  clock.time = 1e9;
  await remembered.get();
  t.is(count(), 1);
});

test('parallel callers share one answer', async t => {
  const {remembered, count} = build({});
  await Promise.all([remembered.get(), remembered.get(), remembered.get()]);
  t.is(count(), 1);
});

test('a forgotten description is requested again', async t => {
  const {remembered, count} = build({});
  await remembered.get();
  remembered.forget();
  await remembered.get();
  t.is(count(), 2);
});

test('a failure is reported to every waiting caller, and not remembered', async t => {
  let fails = true;
  const remembered = cacheDescription(async () => {
    if (fails) throw new Error('not there');
    return described;
  });
  await Promise.all([t.throwsAsync(remembered.get()), t.throwsAsync(remembered.get())]);
  fails = false;
  t.is(await remembered.get(), described);
});

test('while a new description is under way, the last one is there', async t => {
  const {remembered, clock} = build({});
  t.is(remembered.refresh().outdated, undefined);
  await remembered.get();
  t.is(remembered.refresh().outdated, undefined);
  clock.time = 1001;
  const {asked, outdated} = remembered.refresh();
  t.deepEqual(outdated, described);
  t.deepEqual(remembered.refresh().outdated, described);
  t.deepEqual(await asked, described);
  t.is(remembered.refresh().outdated, undefined);
});

test('after a failure there is no last description', async t => {
  const {remembered, clock} = build({});
  await remembered.get();
  remembered.forget();
  clock.time = 1001;
  t.is(remembered.refresh().outdated, undefined);
});

test('the description of a server that cannot change is valid for good', async t => {
  const {remembered, clock, count} = build({}, Infinity);
  await remembered.get();
  clock.time = 1e9;
  await remembered.get();
  t.is(count(), 1);
});

function build(more: Partial<UpstreamDescription>, lifetimeMs?: number) {
  const clock = {time: 0};
  let count = 0;
  const describe = async () => {
    count++;
    return {...described, ...more};
  };
  return {
    remembered: cacheDescription(describe, {now: () => clock.time, lifetimeMs}),
    clock,
    count: () => count,
  };
}
