import test from 'ava';
import OpenAI from 'openai';
import {eventually} from '../support/eventually.js';
import {answering} from '../support/scripted-upstream.js';
import {openingGate} from './gate.js';
import {liveProxy} from './live-proxy.js';
import {openaiUnary, ways} from './ways.js';

function post({url}: {readonly url: string}, text: string, signal: AbortSignal): Promise<Response> {
  return fetch(`${url}${openaiUnary.path}`, {
    method: 'POST',
    body: JSON.stringify(openaiUnary.ask(text)),
    signal,
  });
}

test('the upstream gets so many requests at once, and the others in their order', async t => {
  const gates = Array.from({length: 6}, () => openingGate());
  const asked: string[] = [];
  let running = 0;
  let most = 0;
  const proxy = await liveProxy(t, {
    upstreamConcurrency: 2,
    script: async exchange => {
      running++;
      most = Math.max(most, running);
      const number = asked.push(JSON.stringify(exchange.request.body)) - 1;
      await gates[number]?.opened;
      running--;
      return answering([`answer ${number}`])(exchange);
    },
  });
  const answers: Promise<Response>[] = [];
  for (let index = 0; index < 6; index++) {
    answers.push(proxy.post(openaiUnary.path, openaiUnary.ask(`question ${index}`)));
    if (index < 2) await eventually('it is asked', () => asked.length === index + 1);
    else await new Promise(resolve => setTimeout(resolve, 50));
  }
  t.is(asked.length, 2);
  for (const gate of gates) gate.open();
  for (const answer of await Promise.all(answers)) t.is(answer.status, 200);
  t.is(most, 2);
  t.deepEqual(
    asked.map(body => /question (\d)/.exec(body)?.[1]),
    ['0', '1', '2', '3', '4', '5'],
  );
});

test('a client that leaves gives its place to the next one, and replays need none', async t => {
  const gate = openingGate();
  const proxy = await liveProxy(t, {
    upstreamConcurrency: 1,
    finishTimeout: 0,
    script: async exchange => {
      if (JSON.stringify(exchange.request.body).includes('slow')) await gate.opened;
      return answering(['Hello'])(exchange);
    },
  });
  await proxy.post(openaiUnary.path, openaiUnary.ask('known'));
  const leaving = new AbortController();
  const slow = post(proxy, 'slow', leaving.signal);
  await eventually('it is asked', () => proxy.upstream.requests.length === 2);
  const replayed = await proxy.post(openaiUnary.path, openaiUnary.ask('known'));
  t.is(replayed.headers.get('x-retake'), 'hit');
  const next = proxy.post(openaiUnary.path, openaiUnary.ask('next'));
  leaving.abort();
  await t.throwsAsync(slow);
  t.is((await next).status, 200);
  gate.open();
});

test('what finds no place to wait is a 429 of each API, which says when to ask again', async t => {
  const gate = openingGate();
  const proxy = await liveProxy(t, {
    upstreamConcurrency: 1,
    script: async exchange => {
      await gate.opened;
      return answering(['Hello'])(exchange);
    },
  });
  const waiting = Array.from({length: 101}, (_, index) =>
    proxy.post(openaiUnary.path, openaiUnary.ask(`question ${index}`)),
  );
  await eventually('all wait', async () => {
    const response = await post(proxy, 'one more', AbortSignal.timeout(1000)).catch(() => undefined);
    return response?.status === 429;
  });
  for (const way of ways) {
    const response = await proxy.post(way.path, way.ask('another'));
    t.is(response.status, 429);
    t.is(response.headers.get('retry-after'), '5');
    t.regex(await response.text(), /answers 1 requests at once, and 100 more are waiting/);
  }
  const client = new OpenAI({baseURL: `${proxy.url}/v1`, apiKey: 'none', maxRetries: 0});
  await t.throwsAsync(
    client.chat.completions.create({model: 'gpt-4o', messages: [{role: 'user', content: 'more'}]}),
    {instanceOf: OpenAI.RateLimitError},
  );
  gate.open();
  await Promise.all(waiting);
});
