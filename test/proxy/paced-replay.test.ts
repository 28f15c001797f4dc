import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {request} from 'undici';
import {openCassetteFile} from '../../src/cassette/file/open-cassette-file.js';
import type {Exchange} from '../../src/http/exchange.js';
import {buildProxy, temporaryFolder} from '../support/build-proxy.js';
import {eventually} from '../support/eventually.js';
import {providerServer} from '../support/provider-server.js';
import {recordingOf, takeOf} from '../support/recordings.js';
import {geminiArray, geminiStream, openaiStream, type Way} from './ways.js';

/** Milliseconds between two pieces of an answer. */
const gap = 100;

/** A proxy that replays the takes of `hi` at their recorded pace. */
async function pacedProxy(t: ExecutionContext, takes: readonly (readonly string[])[]) {
  const path = join(await temporaryFolder(t), 'paced.cassette');
  const cassette = await openCassetteFile({path, writable: true});
  for (const pieces of takes) {
    const take = takeOf(pieces);
    const [first, ...others] = take.chunks.map(({chunk}, index) => ({at: index * gap, chunk}));
    if (!first) throw new Error('A take has a first chunk');
    await cassette.add(recordingOf('hi', {...take, chunks: [first, ...others]}));
  }
  await cassette.close();
  const exchanges: Exchange[] = [];
  const {url} = await buildProxy(t, {
    mode: 'replay',
    cassette: path,
    pace: 'recorded',
    onExchange: exchange => exchange.outcome === 'hit' && exchanges.push(exchange),
  });
  return {
    url,
    exchanges,
    /** A client that accepts no compression. */
    async ask(way: Way) {
      const startedAt = performance.now();
      const {headers, body} = await request(url + way.path, {
        method: 'POST',
        headers: {'content-type': 'application/json'},
        body: JSON.stringify(way.ask('hi')),
      });
      return {headers, body, startedAt};
    },
    async memoHits(): Promise<number> {
      const {body} = await request(`${url}/metrics`);
      return Number(/^retake_memo_hits_total (\d+)$/m.exec(await body.text())?.[1]);
    },
  };
}

for (const way of [openaiStream, geminiStream, geminiArray]) {
  test(`${way.path}: a stream that was sent before comes from memory, at its pace`, async t => {
    const proxy = await pacedProxy(t, [['one ', 'two ', 'thr\u00e9e']]);
    const answers: {text: string; headers: unknown}[] = [];
    for (let asking = 0; asking < 3; asking++) {
      const {headers, body, startedAt} = await proxy.ask(way);
      const {date: _, ...others} = headers;
      answers.push({text: await body.text(), headers: others});
      t.true(performance.now() - startedAt > 2 * gap);
    }
    t.is(await proxy.memoHits(), 2);
    t.deepEqual(answers[1], answers[0]);
    t.deepEqual(answers[2], answers[0]);
    t.is(way.read(answers[2]?.text ?? '').candidates[0]?.text, 'one two thr\u00e9e');
    await eventually('three exchanges are logged', () => proxy.exchanges.length === 3);
    const [first, ...replayed] = proxy.exchanges.map(({duration, firstEvent, ...exchange}) => {
      t.true(duration > 2 * gap && (firstEvent ?? 0) < duration);
      return exchange;
    });
    for (const exchange of replayed) t.deepEqual(exchange, first);
  });
}

test('a take that a client has left is played again, from memory too', async t => {
  const proxy = await pacedProxy(t, [
    ['a1 ', 'a2 ', 'a3'],
    ['b1 ', 'b2 ', 'b3'],
  ]);
  const leave = async () => {
    const {body} = await proxy.ask(openaiStream);
    for await (const _ of body) break;
  };
  const read = async () => {
    const {body} = await proxy.ask(openaiStream);
    return openaiStream.read(await body.text()).candidates[0]?.text;
  };
  for (let left = 1; left <= 2; left++) {
    await leave();
    await eventually('its end is noticed', () => proxy.exchanges.length === left);
  }
  t.deepEqual(
    proxy.exchanges.map(({outcome, error}) => [outcome, error?.code]),
    Array.from({length: 2}, () => ['hit', 'client_closed']),
  );
  t.is(await proxy.memoHits(), 1);
  t.deepEqual([await read(), await read(), await read()], ['a1 a2 a3', 'b1 b2 b3', 'b1 b2 b3']);
  t.is(await proxy.memoHits(), 3);
});

test('a client that accepts compression gets the same text', async t => {
  const proxy = await pacedProxy(t, [['one ', 'two ', 'three']]);
  const {body} = await proxy.ask(openaiStream);
  const plain = await body.text();
  const askCompressed = async (encoding: string) => {
    const startedAt = performance.now();
    const response = await fetch(proxy.url + openaiStream.path, {
      method: 'POST',
      headers: {'content-type': 'application/json', 'accept-encoding': encoding},
      body: JSON.stringify(openaiStream.ask('hi')),
    });
    t.is(response.headers.get('content-encoding'), encoding);
    t.is(await response.text(), plain);
    t.true(performance.now() - startedAt > 2 * gap);
    return Object.fromEntries([...response.headers].filter(([name]) => name !== 'date'));
  };
  for (const encoding of ['gzip', 'br']) {
    const first = await askCompressed(encoding);
    const hits = await proxy.memoHits();
    await eventually('it comes from memory, too', async () => {
      t.deepEqual(await askCompressed(encoding), first);
      return (await proxy.memoHits()) > hits;
    });
  }
});

test("a provider's own bytes come when they came", async t => {
  const delta = (text: string) =>
    `data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"${text}"},"finish_reason":null}]}\n\n`;
  const last =
    'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
  const provider = await providerServer(t, async (_request, response) => {
    response.writeHead(200, {'content-type': 'text/event-stream'});
    for (const text of ['one ', 'two ', 'three']) {
      response.write(delta(text));
      await sleep(gap);
    }
    response.end(last);
  });
  const upstream = {provider: true, openai: `${provider.url}/v1`, keys: {openai: 'sk-test'}} as const;
  const recording = await buildProxy(t, {mode: 'auto', upstream});
  const asked = {...openaiStream.ask('hi'), unknown_field: 1.5};
  const recorded = await (await recording.post(openaiStream.path, asked)).text();
  await recording.proxy.close();
  const replaying = await buildProxy(t, {mode: 'replay', cassette: recording.cassette, pace: 'recorded'});
  for (let asking = 0; asking < 2; asking++) {
    const startedAt = performance.now();
    const response = await replaying.post(openaiStream.path, asked);
    t.true(performance.now() - startedAt < 2 * gap);
    t.is(await response.text(), recorded);
    t.true(performance.now() - startedAt > 2 * gap);
  }
  t.is(provider.requests.length, 1);
});
