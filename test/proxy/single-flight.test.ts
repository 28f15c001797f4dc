import test from 'ava';
import type {Exchange as ToldExchange} from '../../src/index.js';
import {temporaryFolder} from '../support/build-proxy.js';
import {
  answering,
  chunk,
  echoing,
  failing,
  progressChunk,
  type Script,
  usageChunk,
} from '../support/scripted-upstream.js';
import {type Gate, openingGate} from './gate.js';
import {type LiveProxy, liveProxy} from './live-proxy.js';
import {geminiStream, openaiStream, openaiUnary, type Way, ways} from './ways.js';

const pieces = ['Well, ', 'this ', 'takes ', 'a while.'];

/** Sends two pieces at once, and the rest when the gate opens: Gemini clients get a piece when the next one has come. */
function pausing(gate: Gate): Script {
  return async exchange => {
    const [first, second, ...others] = pieces;
    if (exchange.request.body.return_progress) await exchange.event(progressChunk(7));
    for (const content of [first, second]) await exchange.event(chunk(0, {content}));
    await gate.opened;
    for (const content of others) await exchange.event(chunk(0, {content}));
    await exchange.event(chunk(0, {}, undefined, 'stop'));
    await exchange.event(usageChunk(7, 4));
    exchange.end();
  };
}

/** A streaming client that can disconnect during the answer. */
type Listener = {readonly begun: Promise<void>; readonly whole: Promise<string>; leave(): void};

function listen({url}: LiveProxy, way: Way): Listener {
  const leaving = new AbortController();
  const body = JSON.stringify(way.ask('hi'));
  const response = fetch(url + way.path, {method: 'POST', body, signal: leaving.signal});
  let text = '';
  const begun = openingGate();
  const whole = (async () => {
    const decoder = new TextDecoder();
    for await (const bytes of (await response).body ?? []) {
      text += decoder.decode(bytes, {stream: true});
      begun.open();
    }
    return text;
  })();
  // A client that disconnects does not wait for the rest.
  whole.catch(() => {});
  return {begun: begun.opened, whole, leave: () => leaving.abort()};
}

test('twenty parallel clients with the same request cause one upstream request, and each gets the complete answer', async t => {
  const gate = openingGate();
  const proxy = await liveProxy(t, {script: pausing(gate)});
  const asked = Array.from({length: 4}, () => ways).flat();
  const streams = asked.filter(way => way.streams).map(way => ({way, listener: listen(proxy, way)}));
  const unary = asked
    .filter(way => !way.streams)
    .map(async way => {
      const response = await proxy.post(way.path, way.ask('hi'));
      return way.read(await response.text());
    });
  await Promise.all(streams.map(({listener}) => listener.begun));
  gate.open();

  const answers = await Promise.all([
    ...unary,
    ...streams.map(async ({way, listener}) => way.read(await listener.whole)),
  ]);
  t.is(answers.length, 20);
  t.is(new Set(answers.map(({id}) => id)).size, 1);
  for (const {candidates} of answers) {
    t.is(candidates[0]?.text, pieces.join(''));
    t.is(candidates[0]?.finish, 'stop');
  }
  t.is(proxy.upstream.requests.length, 1);
});

for (const [first, second] of [
  [geminiStream, openaiStream],
  [openaiStream, geminiStream],
] as const) {
  test(`if the first client (${first.name}) disconnects, the second (${second.name}) still gets the complete answer`, async t => {
    const gate = openingGate();
    const told = exchangesOf();
    const proxy = await liveProxy(t, {script: pausing(gate), onExchange: told.note});
    const leader = listen(proxy, first);
    await leader.begun;
    const other = listen(proxy, second);
    await other.begun;
    leader.leave();
    await told.until(1);
    gate.open();

    t.is(second.read(await other.whole).candidates[0]?.text, pieces.join(''));
    t.is(proxy.upstream.requests.length, 1);
    t.is(proxy.upstream.aborted, 0);
    const again = await proxy.post(openaiUnary.path, openaiUnary.ask('hi'));
    t.is(again.headers.get('x-retake'), 'hit');
  });
}

test('if a unary client disconnects, the others still get the complete answer', async t => {
  const gate = openingGate();
  const told = exchangesOf();
  const proxy = await liveProxy(t, {script: pausing(gate), onExchange: told.note});
  const leader = listen(proxy, openaiUnary);
  await proxy.upstream.untilAsked(1);
  const other = listen(proxy, openaiStream);
  await other.begun;
  leader.leave();
  await told.until(1);
  gate.open();
  t.is(openaiStream.read(await other.whole).candidates[0]?.text, pieces.join(''));
  t.is(proxy.upstream.requests.length, 1);
});

test('with finishTimeout 0, the upstream request is cancelled when the last client disconnects, and nothing is stored', async t => {
  const proxy = await liveProxy(t, {finishTimeout: 0, script: pausing(openingGate())});
  const clients = [listen(proxy, geminiStream), listen(proxy, openaiStream)];
  await Promise.all(clients.map(({begun}) => begun));
  for (const client of clients) client.leave();
  await proxy.upstream.untilAborted(1);

  proxy.upstream.follow(echoing());
  const again = await proxy.post(openaiUnary.path, openaiUnary.ask('hi'));
  t.is(again.headers.get('x-retake'), 'recorded');
  t.is(openaiUnary.read(await again.text()).candidates[0]?.text, 'You said: hi');
});

test('a failure reaches every waiting client, and the next request starts over', async t => {
  const gate = openingGate();
  const proxy = await liveProxy(t, {
    script: async exchange => {
      await gate.opened;
      await failing(400, {error: {message: 'too long for me'}})(exchange);
    },
  });
  const waiting = ways.map(way => proxy.post(way.path, way.ask('hi')));
  await proxy.upstream.untilAsked(1);
  gate.open();
  for (const response of await Promise.all(waiting)) {
    t.is(response.status, 400);
    t.regex(await response.text(), /too long for me/);
  }
  proxy.upstream.follow(answering(['fine']));
  t.is((await proxy.post(openaiUnary.path, openaiUnary.ask('hi'))).status, 200);
});

test('clients of two cassettes do not share a request, nor do clients in passthrough', async t => {
  const gate = openingGate();
  const proxy = await liveProxy(t, {script: pausing(gate), cassette: await temporaryFolder(t)});
  const ask = (headers: Record<string, string>) =>
    proxy.post(openaiUnary.path, openaiUnary.ask('hi'), headers);
  const asked = [
    ask({'x-retake-cassette': 'a'}),
    ask({'x-retake-cassette': 'b'}),
    ask({'x-retake-mode': 'passthrough'}),
    ask({'x-retake-mode': 'passthrough'}),
  ];
  await proxy.upstream.untilAsked(4);
  gate.open();
  for (const response of await Promise.all(asked)) t.is(response.status, 200);
  t.is(proxy.upstream.requests.length, 4);
});

test('different requests are sent in parallel', async t => {
  const gate = openingGate();
  const proxy = await liveProxy(t, {script: pausing(gate)});
  const asked = ['a', 'b', 'c'].map(text => proxy.post(openaiUnary.path, openaiUnary.ask(text)));
  await proxy.upstream.untilAsked(3);
  gate.open();
  await Promise.all(asked.map(async response => t.is((await response).status, 200)));
});

/** Records the exchanges that ended. */
function exchangesOf(): {note(exchange: ToldExchange): void; until(count: number): Promise<void>} {
  let count = 0;
  let check = () => {};
  return {
    note() {
      count++;
      check();
    },
    until: wanted =>
      new Promise(resolve => {
        check = () => {
          if (count >= wanted) resolve();
        };
        check();
      }),
  };
}
