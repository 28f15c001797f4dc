import {rename, rm, symlink, writeFile} from 'node:fs/promises';
import test, {type ExecutionContext} from 'ava';
import type {Exchange} from '../../src/index.js';
import {rawConnection, rawPost} from '../http/raw-connection.js';
import {buildProxy, temporaryFolder} from '../support/build-proxy.js';
import {answering} from '../support/scripted-upstream.js';
import {type LiveProxy, liveProxy} from './live-proxy.js';
import {openaiStream, openaiUnary, ways} from './ways.js';

/** A cassette that answers `hi` with these texts in turn. */
async function recordedCassette(t: ExecutionContext, ...answers: readonly string[]): Promise<string> {
  const {post, proxy, cassette} = await liveProxy(t, {
    mode: 'record',
    script: exchange => answering([answers[exchange.index] ?? ''])(exchange),
  });
  for (const _answer of answers) await post(openaiUnary.path, openaiUnary.ask('hi'));
  await proxy.close();
  return cassette;
}

async function textOf(
  {post}: Pick<LiveProxy, 'post'>,
  headers: Record<string, string> = {},
): Promise<string | undefined> {
  const response = await post(openaiUnary.path, openaiUnary.ask('hi'), headers);
  return openaiUnary.read(await response.text()).candidates[0]?.text;
}

test('a repeated request gets the same bytes, and its takes still follow in turn', async t => {
  const cassette = await recordedCassette(t, 'first', 'second');
  const proxy = await buildProxy(t, {mode: 'replay', cassette});
  for (const way of ways) {
    const session = {'x-retake-session': way.name};
    const bodies: string[] = [];
    for (let asking = 0; asking < 4; asking++) {
      bodies.push(await (await proxy.post(way.path, way.ask('hi'), session)).text());
    }
    t.deepEqual(
      bodies.map(body => way.read(body).candidates[0]?.text),
      ['first', 'second', 'second', 'second'],
    );
    t.is(bodies[2], bodies[1]);
    t.is(bodies[3], bodies[1]);
  }
});

test('a remembered answer is not served to another session, API or delivery', async t => {
  const cassette = await recordedCassette(t, 'first', 'second');
  const proxy = await buildProxy(t, {mode: 'replay', cassette});
  t.is(await textOf(proxy), 'first');
  t.is(await textOf(proxy), 'second');
  t.is(await textOf(proxy), 'second');
  t.is(await textOf(proxy, {'x-retake-session': 'other'}), 'first');
  const stream = await proxy.post(openaiStream.path, openaiStream.ask('hi'));
  t.is(openaiStream.read(await stream.text()).candidates[0]?.text, 'second');
});

test('a remembered answer is not served in another mode', async t => {
  const proxy = await liveProxy(t);
  for (let asking = 0; asking < 3; asking++) t.is(await textOf(proxy), 'You said: hi');
  proxy.upstream.follow(answering(['live']));
  t.is(await textOf(proxy, {'x-retake-mode': 'passthrough'}), 'live');
  t.is(await textOf(proxy), 'You said: hi');
  t.is(await textOf(proxy, {'x-retake-mode': 'record'}), 'live');
  t.is(await textOf(proxy), 'live');
});

test('a repeated request is still refused for an unknown host or origin', async t => {
  const cassette = await recordedCassette(t, 'first');
  const proxy = await buildProxy(t, {mode: 'replay', cassette});
  for (let asking = 0; asking < 2; asking++) t.is(await textOf(proxy), 'first');
  const request = rawPost(openaiUnary.path, openaiUnary.ask('hi'), ['Connection: close']);
  const statusOf = async (bytes: string) => {
    const connection = await rawConnection(t, proxy.url);
    connection.send(bytes);
    return (await connection.untilClosed()).slice(0, 12);
  };
  t.is(await statusOf(request), 'HTTP/1.1 200');
  t.is(await statusOf(request.replace('Host: localhost', 'Host: attacker.example')), 'HTTP/1.1 403');
  t.is(
    await statusOf(request.replace('Host: localhost', 'Host: localhost\r\nOrigin: https://attacker.example')),
    'HTTP/1.1 403',
  );
});

test('the model name of each request is echoed', async t => {
  const cassette = await recordedCassette(t, 'first');
  const {post} = await buildProxy(t, {mode: 'replay', cassette});
  for (const model of ['gemini-a', 'gemini-b', 'gemini-a', 'gemini-b']) {
    const body = {contents: [{role: 'user', parts: [{text: 'hi'}]}]};
    const response = await post(`/v1beta/models/${model}:generateContent`, body);
    t.like(await response.json(), {modelVersion: model});
  }
});

test('a cassette that is replaced while the server runs is replayed from then on', async t => {
  const cassette = await recordedCassette(t, 'old');
  const other = await recordedCassette(t, 'new');
  let now = 0;
  const proxy = await buildProxy(t, {mode: 'replay', cassette, now: () => now});
  for (let asking = 0; asking < 3; asking++) t.is(await textOf(proxy), 'old');
  await rename(other, cassette);
  now += 1000;
  t.is(await textOf(proxy), 'new');
  t.is(await textOf(proxy), 'new');
});

test('a cassette that is damaged while the server runs is an error for each request until it is restored', async t => {
  const cassette = await recordedCassette(t, 'old');
  const other = await recordedCassette(t, 'new');
  let now = 0;
  const {post} = await buildProxy(t, {mode: 'replay', cassette, now: () => now});
  const ask = async () => (await post(openaiUnary.path, openaiUnary.ask('hi'))).status;
  for (let asking = 0; asking < 3; asking++) t.is(await ask(), 200);
  await writeFile(cassette, 'this is no cassette');
  now += 1000;
  t.is(await ask(), 500);
  t.is(await ask(), 500);
  await rename(other, cassette);
  now += 1000;
  t.is(await ask(), 200);
});

test('a path that no longer resolves is an error, and the server keeps running', async t => {
  const cassette = await recordedCassette(t, 'old');
  let now = 0;
  const {post} = await buildProxy(t, {mode: 'replay', cassette, now: () => now});
  const ask = async () => (await post(openaiUnary.path, openaiUnary.ask('hi'))).status;
  for (let asking = 0; asking < 3; asking++) t.is(await ask(), 200);
  await rm(cassette);
  await symlink(cassette, cassette);
  now += 1000;
  t.is(await ask(), 500);
  await rm(cassette);
  now += 1000;
  t.is(await ask(), 400);
});

test('a repeated request is logged and counted like any other', async t => {
  const exchanges: Exchange[] = [];
  const folder = await temporaryFolder(t);
  const proxy = await liveProxy(t, {cassette: folder, onExchange: exchange => exchanges.push(exchange)});
  for (let asking = 0; asking < 4; asking++) {
    await (await proxy.post(`/@suite${openaiUnary.path}?key=secret`, openaiUnary.ask('hi'))).text();
  }
  t.like(await proxy.proxy.verdict(), {recorded: 1, played: 3});
  t.is(exchanges.length, 4);
  const [recorded, ...hits] = exchanges;
  t.is(recorded?.outcome, 'recorded');
  for (const {duration, firstEvent = -1, ...hit} of hits) {
    t.true(duration >= 0);
    t.true(firstEvent >= 0);
    t.deepEqual(hit, {
      method: 'POST',
      path: '/v1/chat/completions',
      status: 200,
      outcome: 'hit',
      cassette: 'suite',
      key: recorded?.key,
      dialect: 'openai',
      session: undefined,
      model: 'gpt-4o',
      tokens: recorded?.tokens,
      fault: undefined,
      warnings: [],
      error: undefined,
    });
  }
});
