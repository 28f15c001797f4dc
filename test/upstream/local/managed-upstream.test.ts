import {mkdir, symlink, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {RetakeError} from '../../../src/errors.js';
import {type ManagedUpstreamOptions, managedUpstream} from '../../../src/upstream/local/managed-upstream.js';
import type {Upstream} from '../../../src/upstream/upstream.js';
import {ask} from '../../support/ask.js';
import {eventually, isAlive} from '../../support/eventually.js';
import {fakeEngine} from '../../support/fake-engine.js';

test('a request starts the engine and is answered by it', async t => {
  const engine = await fakeEngine(t, {says: 'Bonjour'});
  const upstream = open(t, engine.options);
  t.is(upstream.state.phase, 'idle');
  const reply = await ask(upstream, 'Hello?');
  t.is(reply.candidates[0]?.text, 'Bonjour');
  t.like(reply.answeredBy, {model: 'model.gguf', engine: 'b1-fake'});
  t.is(upstream.state.phase, 'ready');
});

test('the engine listens on loopback with the chosen model and tuning', async t => {
  const engine = await fakeEngine(t);
  const tuning = {...engine.options.tuning, contextSize: 1234};
  await open(t, {...engine.options, tuning}).ready();
  const given = await engine.arguments();
  t.is(given[given.indexOf('--model') + 1], engine.modelPath);
  t.is(given[given.indexOf('--ctx-size') + 1], '1234');
  t.is(given[given.indexOf('--host') + 1], '127.0.0.1');
});

test('requests wait while the model loads, and all are answered', async t => {
  const engine = await fakeEngine(t, {loads: 300});
  const upstream = open(t, engine.options);
  upstream.start();
  const replies = Promise.all(['one', 'two', 'three'].map(question => ask(upstream, question)));
  await eventually('the engine is being started', () => upstream.state.phase === 'starting');
  t.is((await replies).length, 3);
});

test('a client that disconnects while the model loads does not stop the start for the others', async t => {
  const engine = await fakeEngine(t, {loads: 300});
  const upstream = open(t, engine.options);
  const leaving = new AbortController();
  const left = ask(upstream, 'one', {}, leaving.signal);
  const other = ask(upstream, 'two');
  leaving.abort();
  const error = await t.throwsAsync(left, {instanceOf: RetakeError});
  t.is(error.code, 'client_closed');
  t.is((await other).candidates[0]?.text, 'Hello');
});

test('an engine that exits at its start is reported with its output and a fix', async t => {
  const engine = await fakeEngine(t, {fails: 'llama_model_load: invalid magic in model.gguf'});
  const upstream = open(t, engine.options);
  const error = await t.throwsAsync(upstream.ready(), {instanceOf: RetakeError});
  t.is(error.code, 'engine_failed');
  t.regex(error.message, /exit code 1: llama_model_load: invalid magic in model\.gguf/);
  t.notRegex(error.message, /what follows from it/);
  t.regex(error.hint ?? '', /GGUF/);
  t.deepEqual(upstream.state.phase, 'failed');
});

test('an engine that keeps exiting is not restarted forever', async t => {
  const engine = await fakeEngine(t, {fails: 'out of memory'});
  const upstream = open(t, engine.options);
  for (let tries = 0; tries < 3; tries++) await t.throwsAsync(ask(upstream, 'Hello?'));
  await engine.behave({});
  const error = await t.throwsAsync(ask(upstream, 'Hello?'), {instanceOf: RetakeError});
  t.is(error.code, 'engine_failed');
});

test('a failed start is tried again by the next request', async t => {
  const engine = await fakeEngine(t, {fails: 'out of memory'});
  const upstream = open(t, engine.options);
  await t.throwsAsync(ask(upstream, 'Hello?'));
  await engine.behave({says: 'Better now'});
  t.is((await ask(upstream, 'Hello?')).candidates[0]?.text, 'Better now');
});

test('if the engine crashes in mid-answer, that answer fails and the next request starts a new engine', async t => {
  const engine = await fakeEngine(t, {diesOn: 'Die!'});
  const upstream = open(t, engine.options);
  const error = await t.throwsAsync(ask(upstream, 'Die!'), {instanceOf: RetakeError});
  t.is(error.code, 'upstream_unavailable');
  t.regex(error.message, /signal 9|SIGKILL/);
  const dead = await engine.pid();
  t.is((await ask(upstream, 'Hello?')).candidates[0]?.text, 'Hello');
  t.not(await engine.pid(), dead);
});

test('a refusal of the engine is reported at once: it does not wait whether the engine ends', async t => {
  const engine = await fakeEngine(t, {refuses: 'This?'});
  const upstream = open(t, engine.options);
  await upstream.ready();
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const begin = performance.now();
    const error = await t.throwsAsync(ask(upstream, 'This?'), {instanceOf: RetakeError});
    times.push(performance.now() - begin);
    t.is(error.code, 'upstream_rejected');
  }
  // Any of them: this machine may be busy.
  t.true(Math.min(...times) < 900, `${times}`);
  t.is((await ask(upstream, 'Hello?')).candidates[0]?.text, 'Hello');
});

test('if the engine crashes while idle, the next request starts a new one', async t => {
  const engine = await fakeEngine(t);
  const upstream = open(t, engine.options);
  await upstream.ready();
  process.kill(await engine.pid(), 'SIGKILL');
  await eventually('the death was noticed', () => upstream.state.phase === 'failed');
  t.is((await ask(upstream, 'Hello?')).candidates[0]?.text, 'Hello');
});

test('a port that another process took meanwhile is replaced', async t => {
  const engine = await fakeEngine(t);
  const portTaken = `${engine.modelPath}.taken`;
  await writeFile(portTaken, '');
  await engine.behave({portTaken});
  t.is((await ask(open(t, engine.options), 'Hello?')).candidates[0]?.text, 'Hello');
});

test('closing stops the engine, even one that ignores the request to stop', async t => {
  const engine = await fakeEngine(t, {ignoresTerm: true});
  const upstream = open(t, engine.options);
  await upstream.ready();
  const pid = await engine.pid();
  await upstream.close();
  t.false(isAlive(pid));
  const error = await t.throwsAsync(ask(upstream, 'Hello?'), {instanceOf: RetakeError});
  t.is(error.code, 'upstream_unavailable');
});

test('closing while the model loads stops the engine', async t => {
  const engine = await fakeEngine(t, {loads: 600_000});
  const upstream = open(t, engine.options);
  const waiting = t.throwsAsync(upstream.ready());
  await eventually('the engine runs', async () => (await engine.pid()) > 0);
  const pid = await engine.pid();
  await upstream.close();
  await waiting;
  t.false(isAlive(pid));
});

test('a llama-server on PATH is used by default', async t => {
  const engine = await fakeEngine(t, {says: 'from PATH'});
  const {llamaServerBinary, ...options} = engine.options;
  const bin = join(dirname(engine.modelPath), 'bin');
  await mkdir(bin);
  await symlink(llamaServerBinary ?? '', join(bin, 'llama-server'));
  const upstream = open(t, {...options, path: `${bin}:${options.path}`});
  t.is((await ask(upstream, 'Hello?')).candidates[0]?.text, 'from PATH');
});

test('a configured llama-server that cannot run is reported at the first request', async t => {
  const engine = await fakeEngine(t);
  const upstream = open(t, {...engine.options, llamaServerBinary: '/nowhere/llama-server'});
  const error = await t.throwsAsync(upstream.ready(), {instanceOf: RetakeError});
  t.is(error.code, 'invalid_setting');
  t.regex(error.message, /the option `upstream\.llamaServer`/);
});

test('a missing model file is reported before the engine is started', async t => {
  const engine = await fakeEngine(t);
  const upstream = open(t, {...engine.options, model: '/nowhere/model.gguf'});
  const error = await t.throwsAsync(upstream.ready(), {instanceOf: RetakeError});
  t.is(error.message, 'There is no file /nowhere/model.gguf');
});

function open(t: ExecutionContext, options: ManagedUpstreamOptions): Upstream {
  const upstream = managedUpstream(options);
  t.teardown(() => upstream.close());
  return upstream;
}
