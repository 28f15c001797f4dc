import {copyFile, readdir, readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import test from 'ava';
import type {Mode} from '../../src/index.js';
import {temporaryFolder} from '../support/build-proxy.js';
import {interactionsIn, writeEmptyCassette} from '../support/cassette-files.js';
import {answering, chunk, type Script, usageChunk} from '../support/scripted-upstream.js';
import {counting, type LiveProxy, liveProxy} from './live-proxy.js';
import {openaiUnary, ways} from './ways.js';

type Asking = {readonly outcome: string | null; readonly text: string | undefined; readonly status: number};

async function ask(
  {post}: Pick<LiveProxy, 'post'>,
  question: string,
  headers: Readonly<Record<string, string>> = {},
  prefix = '',
): Promise<Asking> {
  const response = await post(prefix + openaiUnary.path, openaiUnary.ask(question), headers);
  const body = await response.text();
  return {
    status: response.status,
    outcome: response.headers.get('x-retake'),
    text: response.ok ? openaiUnary.read(body).candidates[0]?.text : undefined,
  };
}

/** The path of a cassette with one request, `known`, and these answers in turn. */
async function cassetteWith(t: Parameters<typeof liveProxy>[0], answers: readonly string[]): Promise<string> {
  const proxy = await liveProxy(t, {
    mode: 'record',
    script: exchange => answering([answers[exchange.index] ?? ''])(exchange),
  });
  for (const _answer of answers) await ask(proxy, 'known');
  await proxy.proxy.close();
  return proxy.cassette;
}

const behaves = test.macro({
  title: (_name, mode: Mode) => `mode ${mode}`,
  async exec(t, mode: Mode, expected: {known: Asking; unknown: Asking; asked: number; keeps: number}) {
    const cassette = await cassetteWith(t, ['from the cassette']);
    const before = await readFile(cassette);
    const live = await liveProxy(t, {mode, cassette, script: answering(['from the model'])});
    t.deepEqual(await ask(live, 'known'), expected.known);
    t.deepEqual(await ask(live, 'unknown'), expected.unknown);
    t.is(live.upstream.requests.length, expected.asked);
    await live.proxy.close();
    t.is((await interactionsIn(cassette)).length, expected.keeps);
    t.is((await readFile(cassette)).equals(before), mode === 'replay' || mode === 'passthrough');
  },
});

const fromModel = {status: 200, text: 'from the model'};
const hit = {status: 200, outcome: 'hit', text: 'from the cassette'};
const recorded = {...fromModel, outcome: 'recorded'};
const forwarded = {...fromModel, outcome: 'live'};
const missed = {status: 400, outcome: 'miss', text: undefined};
test(behaves, 'replay', {known: hit, unknown: missed, asked: 0, keeps: 1});
test(behaves, 'auto', {known: hit, unknown: recorded, asked: 1, keeps: 2});
test(behaves, 'record', {known: recorded, unknown: recorded, asked: 2, keeps: 2});
test(behaves, 'passthrough', {known: forwarded, unknown: forwarded, asked: 2, keeps: 1});

test('replay creates no file, and needs a cassette', async t => {
  const folder = await temporaryFolder(t);
  const cassette = join(folder, 'none.cassette');
  await t.throwsAsync(liveProxy(t, {mode: 'replay', cassette}), {code: 'no_cassette'});
  t.deepEqual(await readdir(folder), []);
  await writeEmptyCassette(cassette);
  const live = await liveProxy(t, {mode: 'replay', cassette});
  t.is((await ask(live, 'anything')).status, 400);
  await live.proxy.close();
  t.deepEqual(await readdir(folder), ['none.cassette']);
});

test('passthrough creates no file', async t => {
  const folder = await temporaryFolder(t);
  const live = await liveProxy(t, {mode: 'passthrough', cassette: join(folder, 'none.cassette')});
  t.is((await ask(live, 'anything')).outcome, 'live');
  await live.proxy.close();
  t.deepEqual(await readdir(folder), []);
});

test('passthrough sends each request to the model', async t => {
  const live = await liveProxy(t, {mode: 'passthrough', script: counting});
  t.is((await ask(live, 'hi')).text, 'answer 1');
  t.is((await ask(live, 'hi')).text, 'answer 2');
});

test('auto records a request once, however often it is sent', async t => {
  const live = await liveProxy(t, {script: counting});
  t.is((await ask(live, 'hi')).outcome, 'recorded');
  for (let asking = 0; asking < 3; asking++) {
    t.deepEqual(await ask(live, 'hi'), {status: 200, outcome: 'hit', text: 'answer 1'});
  }
  t.is(live.upstream.requests.length, 1);
  await live.proxy.close();
  t.is((await interactionsIn(live.cassette))[0]?.takes.length, 1);
});

/** The same answer as `answering(['Hello ', 'there'])`, split elsewhere. */
const cutElsewhere: Script = async exchange => {
  for (const content of ['Hel', 'lo there']) await exchange.event(chunk(0, {content}));
  await exchange.event(chunk(0, {}, undefined, 'stop'));
  await exchange.event(usageChunk(7, 2));
  exchange.end();
};

test('record keeps takes whose answer is the same, so that the file does not change', async t => {
  const first = await liveProxy(t, {script: answering(['Hello ', 'there'])});
  await ask(first, 'hi');
  await first.proxy.close();
  const before = await readFile(first.cassette);

  const again = await liveProxy(t, {mode: 'record', cassette: first.cassette, script: cutElsewhere});
  t.deepEqual(await ask(again, 'hi'), {status: 200, outcome: 'recorded', text: 'Hello there'});
  await again.proxy.close();
  t.true((await readFile(first.cassette)).equals(before));
});

test('record replaces the take of a request whose answer changed, and no other', async t => {
  const first = await liveProxy(t);
  await ask(first, 'one');
  await ask(first, 'two');
  await first.proxy.close();

  const again = await liveProxy(t, {
    mode: 'record',
    cassette: first.cassette,
    script: answering(['changed']),
  });
  await ask(again, 'one');
  await again.proxy.close();
  const replay = await liveProxy(t, {mode: 'replay', cassette: first.cassette});
  t.is((await ask(replay, 'one')).text, 'changed');
  t.is((await ask(replay, 'two')).text, 'You said: two');
  t.deepEqual(
    (await interactionsIn(first.cassette)).map(({takes}) => takes.length),
    [1, 1],
  );
});

test('the n-th request gets the n-th take, and the last one repeats', async t => {
  const cassette = await cassetteWith(t, ['first', 'second', 'third']);
  const live = await liveProxy(t, {mode: 'replay', cassette});
  const texts: unknown[] = [];
  for (let asking = 0; asking < 5; asking++) texts.push((await ask(live, 'known')).text);
  t.deepEqual(texts, ['first', 'second', 'third', 'third', 'third']);
});

test('requests through every API share one count', async t => {
  const cassette = await cassetteWith(t, ['1', '2', '3', '4', '5']);
  const {post} = await liveProxy(t, {mode: 'replay', cassette});
  for (const [index, way] of ways.entries()) {
    const response = await post(way.path, way.ask('known'));
    t.is(way.read(await response.text()).candidates[0]?.text, String(index + 1), way.name);
  }
});

test('each session has its own count', async t => {
  const cassette = await cassetteWith(t, ['first', 'second']);
  const live = await liveProxy(t, {mode: 'replay', cassette});
  const textIn = async (session: string) =>
    (await ask(live, 'known', session ? {'x-retake-session': session} : {})).text;
  t.is(await textIn('a'), 'first');
  t.is(await textIn('b'), 'first');
  t.is(await textIn('a'), 'second');
  t.is(await textIn(''), 'first');
  t.is(await textIn('b'), 'second');
});

test('the count starts over after a restart', async t => {
  const cassette = await cassetteWith(t, ['first', 'second']);
  for (let start = 0; start < 2; start++) {
    const live = await liveProxy(t, {mode: 'replay', cassette});
    t.is((await ask(live, 'known')).text, 'first');
    await live.proxy.close();
  }
});

test('x-retake-mode overrides the mode for one request', async t => {
  const live = await liveProxy(t, {script: counting});
  t.is((await ask(live, 'hi', {'x-retake-mode': 'replay'})).outcome, 'miss');
  t.deepEqual(await ask(live, 'hi', {'x-retake-mode': 'passthrough'}), {...forwarded, text: 'answer 1'});
  t.is((await ask(live, 'hi')).text, 'answer 2');
  t.deepEqual(await ask(live, 'hi', {'x-retake-mode': 'passthrough'}), {...forwarded, text: 'answer 3'});
  t.deepEqual(await ask(live, 'hi', {'x-retake-mode': 'record'}), {...recorded, text: 'answer 4'});
  t.is((await ask(live, 'hi')).text, 'answer 4');
});

test('a strict replay never calls the model, whatever x-retake-mode says', async t => {
  const {post, upstream} = await liveProxy(t, {mode: 'replay'});
  for (const mode of ['auto', 'record', 'passthrough']) {
    for (const {path, ask: body} of ways) {
      const response = await post(path, body('hi'), {'x-retake-mode': mode});
      t.is(response.status, 403);
      t.regex(
        await response.text(),
        new RegExp(
          `x-retake-mode: ${mode} is not allowed.*the option .allowModeOverride. \\(--allow-mode-override\\)`,
          's',
        ),
      );
    }
  }
  t.is((await post(openaiUnary.path, openaiUnary.ask('hi'), {'x-retake-mode': 'replay'})).status, 400);
  t.is(upstream.requests.length, 0);
});

test('a replay that allows overrides accepts x-retake-mode, and records', async t => {
  const live = await liveProxy(t, {mode: 'replay', allowModeOverride: true});
  t.is((await ask(live, 'hi')).outcome, 'miss');
  t.is((await ask(live, 'hi', {'x-retake-mode': 'auto'})).outcome, 'recorded');
  t.is((await ask(live, 'hi')).outcome, 'hit');
});

test('an unknown mode is refused, and the error lists the four modes', async t => {
  const {post} = await liveProxy(t);
  const response = await post(openaiUnary.path, openaiUnary.ask('hi'), {'x-retake-mode': 'rewind'});
  t.is(response.status, 400);
  t.regex(await response.text(), /replay, auto, record, passthrough, got \\"rewind\\"/);
});

test('in a folder, each name is a file, selected by header or by path', async t => {
  const folder = await temporaryFolder(t);
  const live = await liveProxy(t, {cassette: folder, script: counting});
  t.is((await ask(live, 'hi', {'x-retake-cassette': 'one'})).text, 'answer 1');
  t.is((await ask(live, 'hi', {}, '/@two')).text, 'answer 2');
  t.is((await ask(live, 'hi')).text, 'answer 3');
  t.is((await ask(live, 'hi', {}, '/@one')).text, 'answer 1');
  t.is((await ask(live, 'hi', {'x-retake-cassette': 'two'})).text, 'answer 2');
  t.is((await ask(live, 'hi', {'x-retake-cassette': 'two'}, '/@two')).text, 'answer 2');
  await live.proxy.close();
  const files = (await readdir(folder)).filter(name => name.endsWith('.cassette'));
  t.deepEqual(files.sort(), ['default.cassette', 'one.cassette', 'two.cassette']);
});

test('the path prefix works for every API and delivery', async t => {
  const folder = await temporaryFolder(t);
  const {post} = await liveProxy(t, {cassette: folder});
  for (const way of ways) {
    const response = await post(`/@suite-1${way.path}`, way.ask('hi'));
    t.is(response.headers.get('x-retake-cassette'), 'suite-1');
    t.is(way.read(await response.text()).candidates[0]?.text, 'You said: hi');
  }
});

const refusesName = test.macro({
  title: (_name, name: string) => `${JSON.stringify(name)} is not a cassette name`,
  async exec(t, name: string) {
    const folder = join(await temporaryFolder(t), 'cassettes');
    const {post, proxy, upstream} = await liveProxy(t, {cassette: folder});
    for (const way of ways) {
      const response = await post(way.path, way.ask('hi'), {'x-retake-cassette': name});
      t.is(response.status, 400);
      t.regex(await response.text(), /is not a valid cassette name/);
      const byPath = await post(`/@${encodeURIComponent(name)}${way.path}`, way.ask('hi'));
      t.is(byPath.status, 400);
    }
    t.is(upstream.requests.length, 0);
    await proxy.close();
    t.deepEqual(await readdir(dirname(folder)), []);
  },
});

const badNames = ['../outside', 'a/b', '.hidden', 'one.cassette', 'x'.repeat(101), 'c:\\x', 'a b'];
const windowsNames = ['CON', 'nul.txt', 'Com1', 'lpt9.a.b', 'aux', 'dot.', 'dots..'];
for (const name of [...badNames, ...windowsNames]) test(refusesName, name);

test('a header and a path that name different cassettes are refused', async t => {
  const {post} = await liveProxy(t, {cassette: await temporaryFolder(t)});
  const response = await post(`/@one${openaiUnary.path}`, openaiUnary.ask('hi'), {
    'x-retake-cassette': 'two',
  });
  t.is(response.status, 400);
  t.regex(
    await response.text(),
    /Expected one cassette, got \\"one\\" from the path and \\"two\\" from the header x-retake-cassette/,
  );
});

test('a single cassette is selected only by its own name', async t => {
  const live = await liveProxy(t, {cassette: join(await temporaryFolder(t), 'suite.cassette')});
  t.is((await ask(live, 'hi', {'x-retake-cassette': 'suite'})).outcome, 'recorded');
  t.is((await ask(live, 'hi', {}, '/@suite')).outcome, 'hit');
  t.is((await ask(live, 'hi', {'x-retake-cassette': 'other'})).status, 404);
});

test('a name that a header cannot hold is returned percent-encoded', async t => {
  const {post} = await liveProxy(t, {cassette: join(await temporaryFolder(t), '50 % Öl 日本.cassette')});
  for (const way of ways) {
    const response = await post(way.path, way.ask('hi'));
    t.is(response.status, 200);
    const name = response.headers.get('x-retake-cassette') ?? '';
    t.is(name, '50 %25 %C3%96l %E6%97%A5%E6%9C%AC');
    t.is(decodeURIComponent(name), '50 % Öl 日本');
  }
});

test('every answer has headers with its outcome, its key and its cassette', async t => {
  const {post} = await liveProxy(t, {cassette: await temporaryFolder(t)});
  for (const [index, way] of ways.entries()) {
    const told: unknown[] = [];
    const keys = new Set<string | null>();
    for (const mode of ['replay', 'passthrough', 'auto', 'auto', 'record']) {
      const headers = {'x-retake-mode': mode, 'x-retake-cassette': `c${index}`};
      const response = await post(way.path, way.ask('hi'), headers);
      await response.text();
      told.push(response.headers.get('x-retake'));
      keys.add(response.headers.get('x-retake-key'));
      t.is(response.headers.get('x-retake-cassette'), `c${index}`);
    }
    t.deepEqual(told, ['miss', 'live', 'recorded', 'hit', 'recorded'], way.name);
    t.is(keys.size, 1);
    t.regex([...keys][0] ?? '', /^1:[0-9a-f]{64}$/);
  }
});

test('names that only begin like a device are cassettes', async t => {
  const {post} = await liveProxy(t, {cassette: await temporaryFolder(t)});
  for (const name of ['console', 'null', 'com10', 'auxiliary.v1', 'a.con']) {
    const response = await post(openaiUnary.path, openaiUnary.ask('hi'), {'x-retake-cassette': name});
    t.is(response.headers.get('x-retake-cassette'), name);
  }
});

test('a name that differs from another one in case alone is refused, and reported where both are stored', async t => {
  const folder = await temporaryFolder(t);
  const notices: string[] = [];
  const live = await liveProxy(t, {cassette: folder, onNotice: notice => notices.push(notice)});
  const ask = (name: string) => live.post(`/@${name}${openaiUnary.path}`, openaiUnary.ask('hi'));
  t.is((await ask('Suite')).status, 200);
  const refused = await ask('suite');
  t.is(refused.status, 400);
  t.regex(await refused.text(), /has the name of the cassette \\"Suite\\" in other letters/);
  await live.proxy.close();

  const again = await liveProxy(t, {cassette: folder, onNotice: notice => notices.push(notice)});
  const other = await again.post(`/@SUITE${openaiUnary.path}`, openaiUnary.ask('hi'));
  t.is(other.status, 400, 'it is compared with files, too');
  t.deepEqual(notices, []);
  await copyFile(join(folder, 'Suite.cassette'), join(folder, 'SUITE.cassette'));
  t.is((await again.post(`/@SUITE${openaiUnary.path}`, openaiUnary.ask('hi'))).status, 200);
  t.regex(notices.join(), /on macOS and Windows they are one file/);
});

test('a path that names a cassette with a slash is a 400, and never the cassette of its first half', async t => {
  const {post, url, upstream, proxy, cassette} = await liveProxy(t, {cassette: await temporaryFolder(t)});
  for (const way of ways) {
    for (const name of ['a/b', 'a/b/c', 'a/openai/b']) {
      const response = await post(`/@${name}${way.path}`, way.ask('hi'));
      t.is(response.status, 400, `${name} ${way.name}`);
      t.regex(await response.text(), /Expected one segment for the cassette in the path, got/);
    }
  }
  t.is((await fetch(`${url}/@a/b/v1/models`)).status, 400);
  t.is((await fetch(`${url}/@a/@a/v1/models`)).status, 200, 'the Java SDK of Gemini repeats its base URL');
  t.is(upstream.requests.length, 0);
  await proxy.close();
  t.deepEqual(await readdir(cassette), []);
});

test('what base URLs have before a version is no part of the name', async t => {
  const {post} = await liveProxy(t, {cassette: await temporaryFolder(t)});
  for (const prefix of ['/openai', '/api', '', '/']) {
    const response = await post(`/@a${prefix}${openaiUnary.path}`, openaiUnary.ask('hi'));
    t.is(response.headers.get('x-retake-cassette'), 'a', prefix);
  }
});
