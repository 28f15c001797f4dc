import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {Agent, fetch} from 'undici';
import {openCassetteFile} from '../../src/cassette/file/open-cassette-file.js';
import type {Pace} from '../../src/cassette/replay/pace.js';
import {rawConnection, rawPost} from '../http/raw-connection.js';
import {buildProxy, temporaryFolder} from '../support/build-proxy.js';
import {recordingOf, takeOf} from '../support/recordings.js';
import {answering, chunk, hanging, type Script, usageChunk} from '../support/scripted-upstream.js';
import {openingGate} from './gate.js';
import {liveProxy} from './live-proxy.js';
import {eventsOf, geminiArray, geminiStream, openaiStream, openaiUnary, type Way, ways} from './ways.js';

const streams = ways.filter(way => way.streams);
const script = answering(['Hello', ' dear', ' \u2028 world\n\n'], {promptTokens: 3});

test('a Gemini stream has only data lines, and every piece names the model', async t => {
  const {post} = await liveProxy(t, {script});
  for (const outcome of ['recorded', 'hit']) {
    const response = await post(geminiStream.path, geminiStream.ask('hi'));
    t.is(response.headers.get('x-retake'), outcome);
    t.is(response.headers.get('content-type'), 'text/event-stream');
    const body = await response.text();
    t.regex(body, /^(data: \{[^\r\n\u2028]*\}\r\n\r\n)+$/);
    const pieces = eventsOf(body).map(data => JSON.parse(data));
    t.is(pieces.length, 3);
    for (const piece of pieces) {
      t.is(piece.modelVersion, 'gemini-2.5-flash');
      t.regex(piece.responseId, /^[0-9a-f]{24}$/);
      t.is(typeof piece.usageMetadata, 'object');
      t.is(piece.candidates[0].content.role, 'model');
      t.is(typeof piece.candidates[0].content.parts[0].text, 'string');
    }
    t.deepEqual(
      pieces.map(piece => piece.candidates[0].finishReason),
      [undefined, undefined, 'STOP'],
    );
    t.like(pieces.at(-1).usageMetadata, {promptTokenCount: 3, candidatesTokenCount: 3, totalTokenCount: 6});
  }
});

test('without alt=sse a Gemini stream is one JSON array', async t => {
  const {post} = await liveProxy(t, {script});
  for (const outcome of ['recorded', 'hit']) {
    const response = await post(geminiArray.path, geminiArray.ask('hi'));
    t.is(response.headers.get('x-retake'), outcome);
    t.regex(response.headers.get('content-type') ?? '', /^application\/json/);
    const pieces = await response.json();
    t.true(Array.isArray(pieces));
    t.is((pieces as readonly unknown[]).length, 3);
  }
});

test('an OpenAI stream has only data lines and ends with [DONE]', async t => {
  const {post} = await liveProxy(t, {script});
  for (const outcome of ['recorded', 'hit']) {
    const response = await post(openaiStream.path, openaiStream.ask('hi'));
    t.is(response.headers.get('x-retake'), outcome);
    t.regex(response.headers.get('content-type') ?? '', /^text\/event-stream/);
    const body = await response.text();
    t.regex(body, /^(data: \{[^\n\u2028]*\}\n\n)+data: \[DONE\]\n\n$/);
    for (const data of eventsOf(body).slice(0, -1)) t.false('error' in JSON.parse(data));
  }
});

test('an OpenAI stream has the usage in a last chunk without choices, on request', async t => {
  const {post} = await liveProxy(t, {script});
  const chunksOf = async (options: object) => {
    const body = {...openaiUnary.ask('hi'), stream: true, ...options};
    const text = await (await post(openaiStream.path, body)).text();
    return eventsOf(text)
      .slice(0, -1)
      .map(data => JSON.parse(data));
  };
  const withUsage = await chunksOf({stream_options: {include_usage: true}});
  const last = withUsage.pop();
  t.deepEqual(last.choices, []);
  t.deepEqual(last.usage, {prompt_tokens: 3, completion_tokens: 3, total_tokens: 6});
  for (const piece of withUsage) t.is(piece.usage, null);
  for (const options of [{}, {stream_options: {include_usage: false}}, {stream_options: null}]) {
    const without = await chunksOf(options);
    t.is(without.length, withUsage.length);
    for (const piece of without) t.false('usage' in piece);
  }
});

const minute = 60_000;

/** A cassette with a take for `hi`: two pieces at once, and the third ten minutes later. */
async function slowCassette(t: ExecutionContext): Promise<string> {
  const path = join(await temporaryFolder(t), 'slow.cassette');
  const take = takeOf(['one ', 'two ', 'three']);
  const at = [0, 0, 0, 10 * minute, 10 * minute];
  const [first, ...others] = take.chunks.map(({chunk}, index) => ({at: at[index] ?? 0, chunk}));
  if (!first) throw new Error('A take has a first chunk');
  const cassette = await openCassetteFile({path, writable: true});
  await cassette.add(recordingOf('hi', {...take, chunks: [first, ...others]}));
  await cassette.close();
  return path;
}

for (const pace of ['instant', 100_000_000] as const satisfies readonly Pace[]) {
  test(`pace ${pace}: a take of ten minutes is replayed in full`, async t => {
    const {post} = await buildProxy(t, {mode: 'replay', cassette: await slowCassette(t), pace});
    for (const way of ways) {
      const response = await post(way.path, way.ask('hi'));
      t.is(way.read(await response.text()).candidates[0]?.text, 'one two three');
    }
  });
}

for (const pace of ['recorded', 2] as const satisfies readonly Pace[]) {
  test(`pace ${pace}: the pieces of a take are sent when they are due`, async t => {
    const {url} = await buildProxy(t, {mode: 'replay', cassette: await slowCassette(t), pace});
    for (const way of streams) {
      const connection = await rawConnection(t, url);
      connection.send(rawPost(way.path, way.ask('hi')));
      // Gemini clients get a piece when the next one is due.
      t.false((await connection.untilReceived(/one /)).includes('three'));
      connection.socket.destroy();
    }
  });
}

test('a stream at its recorded pace has the same bytes as an instant one', async t => {
  const path = join(await temporaryFolder(t), 'quick.cassette');
  const cassette = await openCassetteFile({path, writable: true});
  await cassette.add(recordingOf('hi', takeOf(['one ', 'two ', 'three'])));
  await cassette.close();
  const [atOnce, asRecorded] = await Promise.all(
    (['instant', 'recorded'] as const).map(pace => buildProxy(t, {mode: 'replay', cassette: path, pace})),
  );
  for (const way of ways) {
    const bodies = [atOnce, asRecorded].map(async proxy =>
      (await proxy?.post(way.path, way.ask('hi')))?.text(),
    );
    t.is(await bodies[1], await bodies[0]);
  }
});

test('pipelined requests on one connection are answered in order', async t => {
  const gate = openingGate();
  const {url, post, upstream} = await liveProxy(t);
  await (await post(openaiUnary.path, openaiUnary.ask('known'))).text();
  upstream.follow(afterGate(gate.opened));
  const connection = await rawConnection(t, url);
  const known = rawPost(openaiUnary.path, openaiUnary.ask('known'));
  connection.send(rawPost(openaiStream.path, openaiStream.ask('slow')) + known + known);
  await connection.untilReceived(/first/);
  gate.open();
  const received = await connection.untilReceived(/(You said: known.*){2}/s);
  t.regex(received, /first.*, second.*, third.*\[DONE\].*You said: known.*You said: known/s);
});

test('a client that disconnects cancels all its upstream requests, including those that wait for a slot', async t => {
  const {url, upstream} = await liveProxy(t, {script: hanging(['Hello']), finishTimeout: 300});
  const connection = await rawConnection(t, url);
  const questions = ['one', 'two', 'three'].map(text => rawPost(openaiStream.path, openaiStream.ask(text)));
  connection.send(questions.join(''));
  await upstream.untilAsked(3);
  connection.socket.destroy();
  await upstream.untilAborted(3);
  t.pass();
});

test('a client that disconnects from a slow stream stops its replay', async t => {
  const exchanges: unknown[] = [];
  const told = openingGate();
  const {url, proxy} = await buildProxy(t, {
    mode: 'replay',
    cassette: await slowCassette(t),
    pace: 'recorded',
    onExchange: ({outcome, error}) => {
      exchanges.push({outcome, code: error?.code});
      told.open();
    },
  });
  const connection = await rawConnection(t, url);
  connection.send(rawPost(openaiStream.path, openaiStream.ask('hi')));
  await connection.untilReceived(/two /);
  connection.socket.destroy();
  await told.opened;
  t.deepEqual(exchanges, [{outcome: 'hit', code: 'client_closed'}]);
  t.like(await proxy.verdict(), {played: 1, failed: 0});
});

test.serial('a thousand clients of one live answer all get the complete answer', async t => {
  const gate = openingGate();
  const proxy = await liveProxy(t, {script: afterGate(gate.opened)});
  let begun = 0;
  const asked = Array.from({length: 1000}, async (_, index) => {
    const way = streams[index % streams.length] ?? openaiStream;
    const response = await ask(proxy.url, way, 'hi');
    // The head comes with the first piece.
    if (++begun === 1000) gate.open();
    return way.read(await response.text()).candidates[0]?.text;
  });
  t.deepEqual(new Set(await Promise.all(asked)), new Set(['first, second, third']));
  t.is(proxy.upstream.requests.length, 1);
});

test.serial('a thousand parallel live streams all complete', async t => {
  const gate = openingGate();
  const proxy = await liveProxy(t, {
    script: async exchange => {
      if (exchange.index === 99) gate.open();
      await gate.opened;
      await answering([`${exchange.request.body.messages[0].content}:`, ' done'])(exchange);
    },
  });
  const asked = Array.from({length: 1000}, async (_, index) => {
    const way = streams[index % streams.length] ?? openaiStream;
    const response = await ask(proxy.url, way, `question ${index}`);
    return way.read(await response.text()).candidates[0]?.text;
  });
  const texts = await Promise.all(asked);
  t.deepEqual(
    texts,
    texts.map((_, index) => `question ${index}: done`),
  );
});

test.serial('a thousand parallel replays all complete', async t => {
  const path = join(await temporaryFolder(t), 'long.cassette');
  const pieces = Array.from({length: 200}, (_, index) => `piece ${index} `);
  const cassette = await openCassetteFile({path, writable: true});
  await cassette.add(recordingOf('hi', takeOf(pieces)));
  await cassette.close();
  const {url} = await buildProxy(t, {mode: 'replay', cassette: path});
  const lengths = new Set<number>();
  const read = async (index: number) => {
    const way: Way = streams[index % streams.length] ?? openaiStream;
    const text = await (await ask(url, way, 'hi')).text();
    lengths.add(way.read(text).candidates[0]?.text.length ?? 0);
  };
  await Promise.all(Array.from({length: 1000}, (_, index) => read(index)));
  t.deepEqual(lengths, new Set([pieces.join('').length]));
});

/** As many connections as requests; a busy machine may need time to open them. */
const crowd = new Agent({connect: {timeout: 110_000}});

function ask(url: string, way: Way, question: string) {
  return fetch(url + way.path, {method: 'POST', body: JSON.stringify(way.ask(question)), dispatcher: crowd});
}

/** Sends a first piece at once, and the others when the gate opens. */
function afterGate(opened: Promise<void>): Script {
  return async exchange => {
    await exchange.event(chunk(0, {content: 'first'}));
    await opened;
    for (const content of [', second', ', third']) await exchange.event(chunk(0, {content}));
    await exchange.event(chunk(0, {}, undefined, 'stop'));
    await exchange.event(usageChunk(3, 3));
    exchange.end();
  };
}

for (const way of ways) {
  test(`an HTTP/1.0 client gets a body without chunks: ${way.name}`, async t => {
    const {url} = await liveProxy(t, {script});
    const request = rawPost(way.path, way.ask('hi')).replace('HTTP/1.1', 'HTTP/1.0');
    const bodies: string[] = [];
    for (const outcome of ['recorded', 'hit']) {
      const connection = await rawConnection(t, url);
      connection.send(request.replace('Host:', 'Connection: keep-alive\r\nHost:'));
      // A body of unknown length ends with its connection, which the server closes.
      const isLengthKnown = outcome === 'hit' || !way.streams;
      if (isLengthKnown) await connection.untilReceived(/\r\n\r\n./);
      else await connection.untilClosed();
      const [head = '', body = ''] = connection.received.split(/\r\n\r\n(.*)/s);
      t.regex(head, new RegExp(`x-retake: ${outcome}`));
      t.notRegex(head, /transfer-encoding/i);
      t.is(/content-length: \d+/i.test(head), isLengthKnown);
      bodies.push(body);
      t.is(
        way.read(Buffer.from(body, 'latin1').toString()).candidates[0]?.text,
        'Hello dear \u2028 world\n\n',
      );
    }
    t.is(bodies[0], bodies[1]);
  });
}

test('an HTTP/1.0 stream that fails ends with the error', async t => {
  const gate = openingGate();
  const {url} = await liveProxy(t, {
    script: async exchange => {
      await exchange.event(chunk(0, {content: 'Hello'}));
      await gate.opened;
      exchange.cut();
    },
  });
  const connection = await rawConnection(t, url);
  connection.send(rawPost(openaiStream.path, openaiStream.ask('hi')).replace('HTTP/1.1', 'HTTP/1.0'));
  await connection.untilReceived(/Hello/);
  gate.open();
  t.regex(await connection.untilClosed(), /data: \{"error":\{"message":"[^\n]*cut off[^\n]*\n\n$/);
});
