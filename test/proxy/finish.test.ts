import {setTimeout as sleep} from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import test, {type ExecutionContext} from 'ava';
import OpenAI from 'openai';
import {anthropicClient, geminiClient, openaiClient} from '../sdk/javascript/clients.js';
import {interactionsIn} from '../support/cassette-files.js';
import {textOf} from '../support/recordings.js';
import {
  answering,
  chunk,
  failing,
  hanging,
  inTurn,
  progressChunk,
  type Script,
  scriptedProps,
  usageChunk,
} from '../support/scripted-upstream.js';
import {type Gate, openingGate} from './gate.js';
import {type LiveProxy, type LiveProxyOptions, liveProxy} from './live-proxy.js';
import {openaiStream, openaiUnary} from './ways.js';

const pieces = ['Well, ', 'this ', 'takes ', 'a while.'];
const whole = pieces.join('');

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

/** Clients that stop reading a stream after its first event with text. */
const breaking = {
  async openai(url: string) {
    const stream = await openaiClient(url).chat.completions.create({
      model: 'm',
      messages: [{role: 'user', content: 'hi'}],
      stream: true,
    });
    for await (const {choices} of stream) if (choices[0]?.delta.content) break;
  },
  async 'openai responses'(url: string) {
    const stream = await openaiClient(url).responses.create({model: 'm', input: 'hi', stream: true});
    for await (const {type} of stream) if (type === 'response.output_text.delta') break;
  },
  async anthropic(url: string) {
    const stream = await anthropicClient(url).messages.create({
      model: 'm',
      max_tokens: 100,
      messages: [{role: 'user', content: 'hi'}],
      stream: true,
    });
    for await (const {type} of stream) if (type === 'content_block_delta') break;
  },
  async gemini(url: string) {
    const leaving = new AbortController();
    const stream = await geminiClient(url).models.generateContentStream({
      model: 'm',
      contents: 'hi',
      config: {abortSignal: leaving.signal},
    });
    for await (const {text} of stream) if (text) break;
    leaving.abort();
  },
};

const modesThatRecord = ['auto', 'record'] as const;

for (const [name, breakOff] of Object.entries(breaking)) {
  for (const mode of modesThatRecord) {
    test.serial(
      `a stream that the ${name} SDK breaks off after one event is recorded whole in mode ${mode}`,
      async t => {
        const gate = openingGate();
        const live = await liveProxy(t, {mode, script: pausing(gate)});
        await breakOff(live.url);
        // The client is gone before the model says more.
        await sleep(100);
        gate.open();
        t.like(await live.proxy.verdict(), {recorded: 1, givenUp: 0, notRecorded: 0, failed: 0, unused: []});
        await live.proxy.close();
        const recorded = await interactionsIn(live.cassette);
        t.deepEqual(
          recorded.map(({takes}) => takes.map(textOf)),
          [[whole]],
        );
        t.is(live.upstream.requests.length, 1);
        t.is(live.upstream.aborted, 0);
      },
    );
  }
}

/** Clients that wait for a second, and try again twice. */
const impatient = {
  async openai(url: string) {
    const client = new OpenAI({apiKey: 'k', baseURL: `${url}/v1`, timeout: 1000, maxRetries: 2});
    const {choices} = await client.chat.completions.create({
      model: 'm',
      messages: [{role: 'user', content: 'hi'}],
    });
    return choices[0]?.message.content;
  },
  async anthropic(url: string) {
    const client = new Anthropic({apiKey: 'k', baseURL: url, timeout: 1000, maxRetries: 2});
    const {content} = await client.messages.create({
      model: 'm',
      max_tokens: 100,
      messages: [{role: 'user', content: 'hi'}],
    });
    return content[0]?.type === 'text' ? content[0].text : undefined;
  },
};

for (const [name, ask] of Object.entries(impatient)) {
  for (const mode of modesThatRecord) {
    for (const begins of [true, false]) {
      const kind = begins ? 'has begun to answer' : 'has said nothing';
      // One after the other: each request has a second.
      test.serial(
        `the retry of the ${name} SDK joins the first request in mode ${mode} if the model ${kind}`,
        async t => {
          const gate = openingGate();
          const live = await liveProxy(t, {
            mode,
            script: begins
              ? pausing(gate)
              : async exchange => {
                  await gate.opened;
                  await pausing(gate)(exchange);
                },
            // The model ends after the client has given its first request up.
            onExchange: () => setTimeout(gate.open, 700),
          });
          t.is(await ask(live.url), whole);
          t.is(live.upstream.requests.length, 1);
          const verdict = await live.proxy.verdict();
          t.like(verdict, {givenUp: 0, failed: 0, notRecorded: 0});
          t.true(verdict.played + verdict.recorded >= 2, 'each request of the SDK');
          await live.proxy.close();
          const [interaction] = await interactionsIn(live.cassette);
          t.deepEqual(interaction?.takes.map(textOf), [whole]);
        },
      );
    }
  }
}

test('a retry after the end is a hit', async t => {
  const gate = openingGate();
  const live = await liveProxy(t, {script: pausing(gate)});
  await leaveAfterFirstEvent(live);
  gate.open();
  await live.proxy.verdict();
  const again = await live.post(openaiUnary.path, openaiUnary.ask('hi'));
  t.is(again.headers.get('x-retake'), 'hit');
  t.is(openaiUnary.read(await again.text()).candidates[0]?.text, whole);
});

async function givesUp(t: ExecutionContext, options: LiveProxyOptions): Promise<LiveProxy> {
  const live = await liveProxy(t, {script: hanging(['Hello']), ...options});
  await leaveAfterFirstEvent(live);
  await live.upstream.untilAborted(1);
  return live;
}

test('an answer that does not end within finishTimeout is given up, and the verdict says so', async t => {
  const live = await givesUp(t, {finishTimeout: 200});
  t.like(await live.proxy.verdict(), {recorded: 0, givenUp: 1, notRecorded: 0, failed: 0});
  await live.proxy.close();
  t.deepEqual(await interactionsIn(live.cassette).catch(() => []), []);
});

test('with finishTimeout 0 an answer ends with its last client', async t => {
  const live = await givesUp(t, {finishTimeout: 0});
  t.like(await live.proxy.verdict(), {recorded: 0, givenUp: 1});
});

test('passthrough ends with its client', async t => {
  const live = await givesUp(t, {mode: 'passthrough'});
  t.like(await live.proxy.verdict(), {recorded: 0, givenUp: 0, notRecorded: 1});
});

for (const [title, leavesFirst] of [
  ['as soon as another request waits for its slot', true],
  ['at once, if another request already waits for its slot', false],
] as const) {
  test(`a server that yields slots gives up an answer whose client has left ${title}`, async t => {
    const notices: string[] = [];
    const gate = openingGate();
    const live = await liveProxy(t, {
      yieldSlots: true,
      onNotice: notice => notices.push(notice),
      script: inTurn(hanging(['Hello']), async exchange => {
        await gate.opened;
        await answering(['Hi'])(exchange);
      }),
      server: {props: {...scriptedProps, total_slots: 1}},
    });
    const leaving = new AbortController();
    const first = await post(live, openaiStream, leaving.signal);
    await first.body?.getReader().read();
    const other = () => live.post(openaiUnary.path, openaiUnary.ask('another'));
    let answer = leavesFirst ? undefined : other();
    if (answer) await live.upstream.untilAsked(2);
    leaving.abort();
    await sleep(50);
    answer ??= other();
    await live.upstream.untilAborted(1);
    gate.open();
    t.is(openaiUnary.read(await (await answer).text()).candidates[0]?.text, 'Hi');
    t.like(await live.proxy.verdict(), {recorded: 1, givenUp: 1, failed: 0});
    t.is(notices.length, 1);
    t.regex(notices[0] ?? '', /gave up an answer whose client had left/);
  });
}

for (const [title, options] of [
  ['that does not yield slots', {yieldSlots: false, server: {props: {...scriptedProps, total_slots: 1}}}],
  ['with a free slot', {yieldSlots: true, server: {props: {...scriptedProps, total_slots: 2}}}],
  [
    'whose model does not say how many slots it has',
    {yieldSlots: true, server: {props: {...scriptedProps, total_slots: 0}}},
  ],
] as const) {
  test(`a server ${title} finishes an answer whose client has left`, async t => {
    const gate = openingGate();
    const live = await liveProxy(t, {script: inTurn(pausing(gate), answering(['Hi'])), ...options});
    await leaveAfterFirstEvent(live);
    const answer = await live.post(openaiUnary.path, openaiUnary.ask('another'));
    t.is(openaiUnary.read(await answer.text()).candidates[0]?.text, 'Hi');
    gate.open();
    t.like(await live.proxy.verdict(), {recorded: 2, givenUp: 0});
    t.is(live.upstream.aborted, 0);
  });
}

for (const {name, ask, path} of [openaiStream, openaiUnary]) {
  test(`a server that yields slots gives up no answer that has been recorded, while others wait: ${name}`, async t => {
    const notices: string[] = [];
    const live = await liveProxy(t, {
      yieldSlots: true,
      upstreamConcurrency: 1,
      onNotice: notice => notices.push(notice),
      script: after(50, answering(['Hi'])),
    });
    await Promise.all(
      ['one', 'two', 'three', 'four'].map(async question => (await live.post(path, ask(question))).text()),
    );
    t.like(await live.proxy.verdict(), {recorded: 4, givenUp: 0, failed: 0});
    t.deepEqual(notices, []);
  });
}

test('an answer that fails after its client left is a failure', async t => {
  const gate = openingGate();
  const live = await liveProxy(t, {
    script: async exchange => {
      await hanging(['Hello'])(exchange);
      await gate.opened;
      exchange.cut();
    },
  });
  await leaveAfterFirstEvent(live);
  gate.open();
  t.like(await live.proxy.verdict(), {recorded: 0, givenUp: 0, failed: 1});
});

test('a request that fails at once after its client left is not asked again', async t => {
  const live = await liveProxy(t, {script: after(300, failing(400, {error: {message: 'no'}}))});
  const leaving = new AbortController();
  const asked = post(live, openaiUnary, leaving.signal);
  await live.upstream.untilAsked(1);
  leaving.abort();
  await t.throwsAsync(asked, {any: true});
  t.like(await live.proxy.verdict(), {failed: 1});
  t.is(live.upstream.requests.length, 1);
});

test('closing finishes what was asked, unless it may not', async t => {
  const gate = openingGate();
  const live = await liveProxy(t, {script: pausing(gate)});
  const reader = await leaveAfterFirstEvent(live);
  t.truthy(reader);
  setTimeout(gate.open, 200);
  await live.proxy.close();
  t.is((await interactionsIn(live.cassette)).length, 1);

  const other = await liveProxy(t, {script: hanging(['Hello'])});
  await leaveAfterFirstEvent(other);
  const startedAt = Date.now();
  await other.proxy.close({finishTimeout: 0});
  t.true(Date.now() - startedAt < 5000);
});

async function post({url}: LiveProxy, way: typeof openaiStream, signal: AbortSignal): Promise<Response> {
  return fetch(url + way.path, {method: 'POST', body: JSON.stringify(way.ask('hi')), signal});
}

async function leaveAfterFirstEvent(live: LiveProxy): Promise<true> {
  const leaving = new AbortController();
  const response = await post(live, openaiStream, leaving.signal);
  await response.body?.getReader().read();
  leaving.abort();
  await sleep(50);
  return true;
}

function after(milliseconds: number, script: Script): Script {
  return async exchange => {
    await exchange.wait(milliseconds);
    await script(exchange);
  };
}
