import test from 'ava';
import {guessPath} from '../../src/dialects/guess-path.js';
import {builtInDialects} from '../../src/dialects/registry.js';
import {explainRequest} from '../../src/operations/explain-request.js';
import {buildProxy} from '../support/build-proxy.js';
import {ends, says, scriptedModel} from '../support/scripted-model.js';
import {telegram} from '../support/telegram-dialect/index.js';

const dialects = [telegram];
const path = '/telegram/v1/send';

test('a dialect is a folder and a line: it records, replays and misses in its own shapes', async t => {
  const {upstream} = scriptedModel(() => [says('Oslo'), ends()]);
  const recorder = await buildProxy(t, {mode: 'record', dialects, upstream});
  const recorded = await recorder.post(path, {telegram: 'The capital of Norway?'});
  t.deepEqual([recorded.headers.get('x-retake'), await recorded.json()], ['recorded', {reply: 'Oslo'}]);
  await recorder.proxy.close();

  const player = await buildProxy(t, {mode: 'replay', dialects, cassette: recorder.cassette});
  const send = (telegramText: string, headers = {}) => player.post(path, {telegram: telegramText}, headers);
  for (let time = 0; time < 2; time++) {
    const hit = await send('The capital of Norway?');
    t.deepEqual([hit.headers.get('x-retake'), await hit.json()], ['hit', {reply: 'Oslo'}]);
  }
  const upper = await send('The capital of Norway?', {'x-telegram-case': 'upper'});
  t.deepEqual(await upper.json(), {reply: 'OSLO'}, 'its own header tells two remembered answers apart');

  const miss = await send('The capital of Sweden?');
  t.is(miss.status, 400);
  const {undelivered} = (await miss.json()) as {undelivered: string};
  t.regex(undelivered, /The capital of Sweden\?/);
  t.regex(undelivered, /The capital of Norway\?/);

  const unknown = await player.post('/telegram/v2/send', {telegram: 'x'});
  t.deepEqual([unknown.status, Object.keys((await unknown.json()) as object)], [404, ['undelivered']]);
});

test('faults of a dialect without errors of its own have their status, in its shape', async t => {
  const {upstream} = scriptedModel(() => [says('Oslo is the capital'), ends()]);
  const {post} = await buildProxy(t, {dialects, upstream});
  const send = (fault: string) => post(path, {telegram: 'Norway?'}, {'x-retake-fault': fault});
  for (const [fault, status] of [
    ['rate-limit', 429],
    ['overloaded', 503],
    ['server-error', 500],
  ] as const) {
    const refused = await send(fault);
    t.deepEqual(
      [refused.status, await refused.json()],
      [status, {undelivered: `This is the fault \`${fault}\``}],
    );
  }
  t.deepEqual(await (await send('max-tokens:2')).json(), {reply: 'Oslo is'});
});

test('explain asks an added dialect like any other', async t => {
  const {upstream} = scriptedModel(() => [says('Oslo'), ends()]);
  const recorder = await buildProxy(t, {mode: 'record', dialects, upstream});
  await recorder.post(path, {telegram: 'The capital of Norway?'});
  await recorder.proxy.close();
  const explain = (text: string) => {
    const body = {telegram: text};
    const guessed = guessPath([...builtInDialects, ...dialects], body) ?? '';
    return explainRequest({
      proxy: {cassette: recorder.cassette, dialects},
      path: guessed,
      body: Buffer.from(JSON.stringify(body)),
      fileOf: () => recorder.cassette,
    });
  };
  t.like(await explain('The capital of Norway?'), {
    outcome: 'hit',
    question: 'The capital of Norway?',
  });
  const {outcome, nearest} = await explain('The capital of Sweden?');
  t.deepEqual([outcome, nearest?.question], ['miss', 'The capital of Norway?']);
});

test('no module outside the dialects names one of them', async t => {
  const {readdirSync, readFileSync} = await import('node:fs');
  const files = readdirSync('src', {recursive: true, encoding: 'utf8'}).filter(
    file =>
      /\.ts$/.test(file) && !/^dialects\/(gemini|openai|anthropic)\/|^dialects\/registry\.ts$/.test(file),
  );
  const names = /'(?:gemini|openai|anthropic)'|\/dialects\/(?:gemini|openai|anthropic)\//;
  t.deepEqual(
    files.filter(file => names.test(readFileSync(`src/${file}`, 'utf8'))),
    [],
  );
});
