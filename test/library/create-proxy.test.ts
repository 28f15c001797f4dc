import {readdirSync, readlinkSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {createProxy, type ProxyOptions, RetakeError} from '../../src/index.js';
import {openUpstreamOption} from '../../src/proxy/open-upstream-option.js';
import {liveProxy} from '../proxy/live-proxy.js';
import {openaiUnary} from '../proxy/ways.js';
import {temporaryFolder} from '../support/build-proxy.js';
import {eventually, isAlive} from '../support/eventually.js';
import {fakeEngine, fakeLlamaServer} from '../support/fake-engine.js';
import {answering, scriptedUpstream} from '../support/scripted-upstream.js';

const isRefused = test.macro({
  title: (name = '') => `options that are refused leave no file open: ${name}`,
  async exec(t, options: object, message: RegExp) {
    const cassette = await recordedCassette(t);
    const wrong = {mode: 'auto', cassette, ...options} as ProxyOptions;
    const error = await t.throwsAsync(createProxy(wrong), {instanceOf: RetakeError});
    t.is(error.code, 'invalid_setting');
    t.regex(error.message, message);
    t.deepEqual(openFilesOf(cassette), []);
  },
});

test('media', isRefused, {media: {allowedHosts: ['no host/']}}, /Expected a host, as .* got `no host\/`/);
test('mode', isRefused, {mode: 'play'}, /Expected the option `mode` to be one of replay, .*, got "play"/);
test('no mode', isRefused, {mode: undefined}, /Expected the option `mode` to be .*, got undefined/);
test('model', isRefused, {upstream: {model: 'gemma9'}}, /There is no model `gemma9`/);
test('server', isRefused, {upstream: {url: 'ftp://x'}}, /ftp:\/\/x/);

test('a proxy that cannot be put together leaves no file open', async t => {
  const cassette = await recordedCassette(t);
  await t.throwsAsync(createProxy({mode: 'auto', cassette, requestTimeout: -1}), {instanceOf: RangeError});
  t.deepEqual(openFilesOf(cassette), []);
});

test('an open proxy has its cassette open, and a closed one does not', async t => {
  const cassette = await recordedCassette(t);
  const proxy = await createProxy({mode: 'auto', cassette});
  if (process.platform === 'linux') t.deepEqual(openFilesOf(cassette), [cassette]);
  await proxy.close();
  t.deepEqual(openFilesOf(cassette), []);
});

test('an upstream given by its options is asked and recorded, and closed with the proxy', async t => {
  const server = await scriptedUpstream(t, answering(['from the server']));
  const cassette = join(await temporaryFolder(t), 'a.cassette');
  const proxy = await createProxy({
    mode: 'auto',
    cassette,
    upstream: {url: server.url, authorization: 'Bearer b'},
  });
  t.teardown(() => proxy.close());
  const url = await proxy.listen();
  const ask = async () => {
    const response = await fetch(url + openaiUnary.path, {
      method: 'POST',
      body: JSON.stringify(openaiUnary.ask('hi')),
      headers: {'content-type': 'application/json'},
    });
    return [response.headers.get('x-retake'), openaiUnary.read(await response.text()).candidates[0]?.text];
  };
  t.deepEqual(await ask(), ['recorded', 'from the server']);
  t.deepEqual(await ask(), ['hit', 'from the server']);
  t.is(server.requests[0]?.headers.authorization, 'Bearer b');
  t.is(proxy.status.upstream?.phase, 'ready');
});

test('in replay mode the options of an upstream are not used', async t => {
  const cassette = await recordedCassette(t);
  const upstream = {model: 'gemma3-4b'};
  const strict = await createProxy({mode: 'replay', cassette, upstream});
  t.teardown(() => strict.close());
  t.like(strict.status, {ready: true, upstream: undefined});
  const lenient = await createProxy({mode: 'replay', cassette, upstream, allowModeOverride: true});
  t.teardown(() => lenient.close());
  t.like(lenient.status.upstream, {phase: 'idle', name: 'gemma3-4b'});
});

test('a local model is started by `listen` with the options of its engine', async t => {
  const engine = await fakeEngine(t);
  const proxy = await createProxy({
    mode: 'auto',
    cassette: join(await temporaryFolder(t), 'a.cassette'),
    upstream: {
      model: engine.modelPath,
      llamaServer: fakeLlamaServer,
      cacheDir: await temporaryFolder(t),
      engine: {contextSize: 4096},
    },
  });
  t.is(proxy.status.upstream?.phase, 'idle');
  await proxy.listen();
  await eventually('the model is ready', () => proxy.status.upstream?.phase === 'ready');
  const given = await engine.arguments();
  t.is(given[given.indexOf('--ctx-size') + 1], '4096');
  t.is(given[given.indexOf('--batch-size') + 1], '2048');
  const pid = await engine.pid();
  await proxy.close();
  t.false(isAlive(pid));
});

test('a local model that cannot see images gets the text of pages', async t => {
  const opened = (['gemma3-270m', 'gemma3-4b'] as const).map(model => openUpstreamOption({model}));
  t.deepEqual(
    opened.map(({preferredDocuments}) => preferredDocuments),
    [{pages: 'text'}, {}],
  );
  for (const {upstream} of opened) await upstream.close();
});

async function recordedCassette(t: ExecutionContext): Promise<string> {
  const {cassette, post, proxy} = await liveProxy(t);
  await (await post(openaiUnary.path, openaiUnary.ask('hi'))).text();
  await proxy.close();
  return cassette;
}

/** The open files of this process with this name or one derived from it; none where the system does not list them. */
function openFilesOf(path: string): readonly string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fd').flatMap(fd => {
    const file = readLink(`/proc/self/fd/${fd}`);
    return file?.startsWith(path) ? [file] : [];
  });
}

/** The descriptor that lists the folder is closed by the time it is read. */
function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
