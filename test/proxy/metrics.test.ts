import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {type BuiltProxy, temporaryFolder} from '../support/build-proxy.js';
import {findProgram} from '../support/programs.js';
import {failing} from '../support/scripted-upstream.js';
import {liveProxy} from './live-proxy.js';
import {anthropicUnary, openaiStream, openaiUnary} from './ways.js';

async function metricsOf(t: ExecutionContext, {url}: BuiltProxy): Promise<string> {
  const response = await fetch(`${url}/metrics`);
  t.is(response.status, 200);
  t.regex(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  return response.text();
}

/** The value of a metric with these labels; 0 if it is not there. */
function sampleOf(text: string, metric: string): number {
  const line = text.split('\n').find(candidate => candidate.startsWith(`${metric} `));
  return Number(line?.split(' ').at(-1) ?? 0);
}

async function askedProxy(t: ExecutionContext) {
  const proxy = await liveProxy(t, {cassette: await temporaryFolder(t)});
  const ask = async (text: string, headers: Record<string, string> = {}, way = openaiUnary) =>
    (await proxy.post(`/@suite${way.path}`, way.ask(text), headers)).text();
  await ask('one');
  for (let asking = 0; asking < 3; asking++) await ask('one');
  await ask('two', {}, openaiStream);
  await ask('one', {'x-retake-mode': 'passthrough'}, anthropicUnary);
  await ask('three', {'x-retake-mode': 'replay'});
  await proxy.post('/v1/chat/completions', 'no JSON');
  proxy.upstream.follow(failing(500, {error: {message: 'no'}}));
  await ask('four');
  return proxy;
}

test('requests are counted by API, cassette and outcome', async t => {
  const proxy = await askedProxy(t);
  const text = await metricsOf(t, proxy);
  const requests = (dialect: string, cassette: string, outcome: string) =>
    sampleOf(text, `retake_requests_total{dialect="${dialect}",cassette="${cassette}",outcome="${outcome}"}`);
  t.is(requests('openai', 'suite', 'hit'), 3);
  t.is(requests('openai', 'suite', 'recorded'), 2);
  t.is(requests('anthropic', 'suite', 'live'), 1);
  t.is(requests('openai', 'suite', 'miss'), 1);
  t.is(requests('openai', 'none', 'refused'), 1);
  t.is(requests('openai', 'suite', 'failed'), 1);
  t.is(sampleOf(text, 'retake_tokens_total{dialect="openai",outcome="hit",direction="input"}'), 21);
  t.is(sampleOf(text, 'retake_tokens_total{dialect="anthropic",outcome="live",direction="input"}'), 7);
  t.is(sampleOf(text, 'retake_first_event_seconds_count{dialect="openai",outcome="hit"}'), 3);
  t.is(sampleOf(text, 'retake_upstream_duration_seconds_count{dialect="openai",outcome="recorded"}'), 2);
  t.is(sampleOf(text, 'retake_upstream_duration_seconds_count{dialect="openai",outcome="hit"}'), 0);
  t.true(sampleOf(text, 'retake_memo_hits_total') >= 1);
  t.regex(text, /^retake_cassette_revision\{cassette="suite"\} \d+$/m);
  t.is(sampleOf(text, 'retake_ready'), 1);
  t.true(sampleOf(text, 'process_resident_memory_bytes') > 1e6);
});

test('a second collection counts what came since, and nothing twice', async t => {
  const proxy = await askedProxy(t);
  const hits = 'retake_requests_total{dialect="openai",cassette="suite",outcome="hit"}';
  t.is(sampleOf(await metricsOf(t, proxy), hits), 3);
  t.is(sampleOf(await metricsOf(t, proxy), hits), 3);
  await (await proxy.post(`/@suite${openaiUnary.path}`, openaiUnary.ask('one'))).text();
  t.is(sampleOf(await metricsOf(t, proxy), hits), 4);
});

test('thousands of requests between two collections are all counted', async t => {
  const proxy = await liveProxy(t);
  for (let round = 0; round < 110; round++) {
    await Promise.all(
      Array.from({length: 20}, async () =>
        (await proxy.post(openaiUnary.path, openaiUnary.ask('one'))).arrayBuffer(),
      ),
    );
  }
  const text = await metricsOf(t, proxy);
  const counts = [...text.matchAll(/^retake_requests_total\{.*\} (\d+)$/gm)].map(([, count]) =>
    Number(count),
  );
  t.is(
    counts.reduce((sum, count) => sum + count, 0),
    2200,
  );
});

const promtool = findProgram('promtool') ? test : test.skip;
promtool('promtool accepts the metrics', async t => {
  const text = await metricsOf(t, await askedProxy(t));
  const {all} = await execa('promtool', ['check', 'metrics'], {input: text, all: true});
  t.is(all, '');
});

test('only requests to an API count as not in memory', async t => {
  const proxy = await liveProxy(t, {cassette: await temporaryFolder(t)});
  await (await proxy.post('/_retake/v1/sessions', {name: 'one'})).text();
  t.is(sampleOf(await metricsOf(t, proxy), 'retake_memo_misses_total'), 0);
  await (await proxy.post(openaiUnary.path, openaiUnary.ask('one'))).text();
  t.is(sampleOf(await metricsOf(t, proxy), 'retake_memo_misses_total'), 1);
});
