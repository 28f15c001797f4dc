import {once} from 'node:events';
import {writeFile} from 'node:fs/promises';
import type {AddressInfo} from 'node:net';
import {createServer} from 'node:net';
import {join} from 'node:path';
import test from 'ava';
import {createProxy, RetakeError} from '../../src/index.js';
import {rawConnection, rawPost} from '../http/raw-connection.js';
import {buildProxy, temporaryFolder} from '../support/build-proxy.js';
import {interactionsIn, writeEmptyCassette} from '../support/cassette-files.js';
import {hanging} from '../support/scripted-upstream.js';
import {liveProxy} from './live-proxy.js';
import {openaiStream, openaiUnary} from './ways.js';

test('a port in use is an error that suggests a fix', async t => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.teardown(() => other.close());
  const {port} = other.address() as AddressInfo;
  const proxy = await createProxy({
    mode: 'replay',
    cassette: await writeEmptyCassette(join(await temporaryFolder(t), 'a.cassette')),
  });
  t.teardown(() => proxy.close());
  const error = await t.throwsAsync(proxy.listen({port}), {instanceOf: RetakeError});
  t.is(error?.code, 'port_in_use');
  t.true(error?.message.includes(String(port)));
  t.is(error?.hint, 'Stop it, or choose another port with the option `port`.');
});

test('an address of another machine is an error', async t => {
  const proxy = await createProxy({
    mode: 'replay',
    cassette: await writeEmptyCassette(join(await temporaryFolder(t), 'a.cassette')),
  });
  t.teardown(() => proxy.close());
  await t.throwsAsync(proxy.listen({host: '203.0.113.7'}), {code: 'invalid_setting'});
});

test('the server binds to loopback by default', async t => {
  const {url} = await buildProxy(t, {mode: 'replay'});
  t.regex(url, /^http:\/\/127\.0\.0\.1:\d+$/);
});

test('an unusable cassette is reported at once', async t => {
  const cassette = join(await temporaryFolder(t), 'a.cassette');
  await writeFile(cassette, 'this is no cassette');
  await t.throwsAsync(createProxy({mode: 'replay', cassette}), {code: 'cassette_invalid'});
});

test('key settings that differ from those of the cassette are reported at once', async t => {
  const {cassette, post, proxy} = await liveProxy(t);
  await (await post(openaiUnary.path, openaiUnary.ask('hi'))).text();
  await proxy.close();
  const keySettings = {forwardModel: true};
  await t.throwsAsync(createProxy({mode: 'replay', cassette, keySettings}), {code: 'settings_differ'});
});

test('the key settings stored in the cassette apply without flags', async t => {
  const keySettings = {forwardModel: true, ignore: [{pattern: '\\d+'}]};
  const {cassette, post, proxy, upstream} = await liveProxy(t, {keySettings});
  await (await post(openaiUnary.path, {...openaiUnary.ask('run 1'), model: 'o3'})).text();
  t.like(upstream.requests[0]?.body, {model: 'o3'});
  await proxy.close();
  const replay = await buildProxy(t, {mode: 'replay', cassette});
  const ask = async (text: string, model: string) =>
    (await replay.post(openaiUnary.path, {...openaiUnary.ask(text), model})).status;
  t.is(await ask('run 2', 'o3'), 200);
  t.is(await ask('run 2', 'gpt-4o'), 400);
});

test('closing ends open requests, saves what was recorded, and can be repeated', async t => {
  const {url, cassette, post, proxy, upstream} = await liveProxy(t, {finishTimeout: 300});
  await (await post(openaiUnary.path, openaiUnary.ask('hi'))).text();
  upstream.follow(hanging(['Hello']));
  const stream = await rawConnection(t, url);
  stream.send(rawPost(openaiStream.path, openaiStream.ask('never ends')));
  await stream.untilReceived(/Hello/);
  const idle = await rawConnection(t, url);
  await Promise.all([proxy.close(), proxy.close()]);
  t.false((await stream.untilClosed()).includes('\r\n0\r\n\r\n'));
  await idle.untilClosed();
  await upstream.untilAborted(1);
  await t.throwsAsync(post(openaiUnary.path, openaiUnary.ask('hi')));
  t.is((await interactionsIn(cassette)).length, 1);
});

test('a proxy that never listened can be closed', async t => {
  const proxy = await createProxy({
    mode: 'auto',
    cassette: await writeEmptyCassette(join(await temporaryFolder(t), 'a.cassette')),
  });
  await proxy.close();
  t.pass();
});

test('an idle connection is kept open longer than clients keep theirs', async t => {
  const {url} = await buildProxy(t, {mode: 'replay'});
  const connection = await rawConnection(t, url);
  connection.send('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [, seconds] = /Keep-Alive: timeout=(\d+)/.exec(await connection.untilReceived(/\}$/)) ?? [];
  t.true(Number(seconds) > 60, `${seconds} s`);
});

test('the status says whether the proxy is ready, and with which settings', async t => {
  const {proxy, cassette, upstream} = await liveProxy(t, {mode: 'record'});
  for (let looks = 0; !proxy.status.ready && looks < 1000; looks++) {
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  t.like(proxy.status, {ready: true, mode: 'record', cassette, upstream: {phase: 'ready'}});
  t.true(proxy.status.upstream?.name.includes(new URL(upstream.url).host));
});
