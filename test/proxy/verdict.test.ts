import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {buildProxy, temporaryFolder} from '../support/build-proxy.js';
import {answering, failing, hanging} from '../support/scripted-upstream.js';
import {counting, liveProxy} from './live-proxy.js';
import {geminiUnary, openaiStream, openaiUnary} from './ways.js';

const none = {
  played: 0,
  recorded: 0,
  missed: 0,
  recordedErrors: 0,
  notRecorded: 0,
  givenUp: 0,
  faulted: 0,
  failed: 0,
  notSent: 0,
  unsent: [],
  misses: [],
  repeated: [],
  used: [],
  unused: [],
};

test('before the first request, the verdict is empty', async t => {
  const {proxy} = await buildProxy(t);
  t.deepEqual(await proxy.verdict(), none);
});

test('each request is counted by its outcome', async t => {
  const {post, proxy, upstream} = await liveProxy(t);
  const ask = async (text: string, headers: Record<string, string> = {}) =>
    (await post(openaiUnary.path, openaiUnary.ask(text), headers)).text();
  await ask('one');
  await ask('two');
  await ask('one');
  await ask('one');
  await ask('three', {'x-retake-mode': 'passthrough'});
  await ask('four', {'x-retake-mode': 'replay'});
  upstream.follow(failing(500, {error: {message: 'no'}}));
  await ask('five');
  const verdict = await proxy.verdict();
  t.like(verdict, {played: 2, recorded: 2, missed: 1, notRecorded: 1, failed: 1, unused: []});
  t.is(verdict.misses.length, 1);
  t.like(verdict.misses[0], {cassette: 'test', question: 'four'});
  t.regex(verdict.misses[0]?.key ?? '', /^1:[0-9a-f]{64}$/);
  t.regex(verdict.misses[0]?.message ?? '', /^No take of this request in cassette "test" \(mode replay\)\./);
});

test('a request that a session sends more often than it was recorded is a repeat', async t => {
  const {post, proxy} = await liveProxy(t);
  const ask = async (text: string, session: string) =>
    (await post(openaiUnary.path, openaiUnary.ask(text), {'x-retake-session': session})).text();
  await ask('one', 'a');
  await ask('two', 'a');
  await ask('one', 'b');
  t.deepEqual((await proxy.verdict()).repeated, []);
  for (let asking = 0; asking < 3; asking++) await ask('one', 'b');
  const {repeated, played} = await proxy.verdict();
  t.is(played, 4);
  t.like(repeated, [{cassette: 'test', question: 'one', takes: 1, repeats: 3}]);
});

test('repeated misses of one request are counted each time, and reported once', async t => {
  const {post, proxy} = await buildProxy(t, {mode: 'replay'});
  for (let asking = 0; asking < 3; asking++) {
    await (await post(openaiUnary.path, openaiUnary.ask('one'))).text();
    await (await post(geminiUnary.path, geminiUnary.ask('two'))).text();
  }
  const {missed, misses} = await proxy.verdict();
  t.is(missed, 6);
  t.deepEqual(
    misses.map(({question}) => question),
    ['one', 'two'],
  );
});

test('a request that fails in mid-stream is counted as failed', async t => {
  const {post, proxy} = await liveProxy(t, {
    script: async exchange => {
      await hanging(['Hello'])(exchange);
      exchange.cut();
    },
  });
  const response = await post(openaiStream.path, openaiStream.ask('hi'));
  await t.throwsAsync(response.text());
  t.like(await proxy.verdict(), {...none, failed: 1});
});

test('client errors are not counted', async t => {
  const {post, proxy} = await liveProxy(t);
  await (await post(openaiUnary.path, 'no JSON')).text();
  await (await post(geminiUnary.path, {tools: [{googleSearch: {}}], contents: []})).text();
  await (await post('/v1/nowhere', {})).text();
  t.deepEqual(await proxy.verdict(), none);
});

test('requests to an unreadable cassette are counted as failed', async t => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'broken.cassette'), 'this is no cassette');
  const {post, proxy} = await buildProxy(t, {cassette: folder, mode: 'replay'});
  const response = await post(`/@broken${openaiUnary.path}`, openaiUnary.ask('hi'));
  t.is(response.status, 500);
  await response.text();
  t.like(await proxy.verdict(), {...none, failed: 1});
});

test('a client that disconnects is not a failure', async t => {
  let exchanges = 0;
  const {url, proxy, upstream} = await liveProxy(t, {
    script: hanging(),
    finishTimeout: 0,
    onExchange: () => exchanges++,
  });
  const leaving = new AbortController();
  const asked = fetch(url + openaiUnary.path, {
    method: 'POST',
    body: JSON.stringify(openaiUnary.ask('hi')),
    signal: leaving.signal,
  });
  await upstream.untilAsked(1);
  leaving.abort();
  await t.throwsAsync(asked, {any: true});
  await upstream.untilAborted(1);
  t.is(exchanges, 1);
  t.like(await proxy.verdict(), {...none, givenUp: 1});
});

test('unused takes are listed, in the cassettes that were used', async t => {
  const folder = await temporaryFolder(t);
  const recorder = await liveProxy(t, {cassette: folder, mode: 'record', script: counting});
  for (const [cassette, text] of [
    ['a', 'one'],
    ['a', 'two'],
    ['a', 'two'],
    ['a', 'two'],
    ['b', 'other'],
  ]) {
    await (await recorder.post(`/@${cassette}${openaiUnary.path}`, openaiUnary.ask(`${text}`))).text();
  }
  t.deepEqual((await recorder.proxy.verdict()).unused, []);
  await recorder.proxy.close();

  const {post, proxy} = await buildProxy(t, {cassette: folder, mode: 'replay'});
  await (await post(`/@a${openaiUnary.path}`, openaiUnary.ask('two'))).text();
  const {unused, played} = await proxy.verdict();
  t.is(played, 1);
  const told = unused.map(({cassette, question, take}) => `${cassette}: ${question}, take ${take}`);
  t.deepEqual(told.sort(), ['a: one, take 1', 'a: two, take 2', 'a: two, take 3']);
  for (const {key} of unused) t.regex(key, /^1:[0-9a-f]{64}$/);
});

test('takes used in any session count as used', async t => {
  const recorder = await liveProxy(t, {
    mode: 'record',
    script: exchange => answering([`${exchange.index}`])(exchange),
  });
  for (let asking = 0; asking < 2; asking++) {
    await (await recorder.post(openaiUnary.path, openaiUnary.ask('hi'))).text();
  }
  await recorder.proxy.close();
  const {post, proxy} = await buildProxy(t, {cassette: recorder.cassette, mode: 'replay'});
  const ask = async (session: string) =>
    (await post(geminiUnary.path, geminiUnary.ask('hi'), {'x-retake-session': session})).text();
  await ask('a');
  await ask('b');
  t.is((await proxy.verdict()).unused.length, 1);
  await ask('b');
  t.deepEqual((await proxy.verdict()).unused, []);
});
