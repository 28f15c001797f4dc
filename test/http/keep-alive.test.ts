import {setTimeout as sleep} from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import {GoogleGenAI} from '@google/genai';
import test, {type ExecutionContext} from 'ava';
import type {AnswerChunk} from '../../src/chat/chunk.js';
import {RetakeError} from '../../src/errors.js';
import {noticeSilence} from '../../src/http/keep-alive.js';
import {openaiClient} from '../sdk/javascript/clients.js';
import {buildProxy} from '../support/build-proxy.js';
import {ends, says, scriptedModel} from '../support/scripted-model.js';

type Gate = {open(): void; fail(error: Error): void};

/** A proxy whose model goes on when the test says so. */
async function silentModel(t: ExecutionContext, keepAlive?: number) {
  let gate: Gate | undefined;
  const wait = () =>
    new Promise<void>((resolve, reject) => {
      gate = {open: resolve, fail: reject};
    });
  /** The gate at which the model waits. */
  const reached = async () => {
    for (;;) {
      const found = gate;
      gate = undefined;
      if (found) return found;
      await sleep(5);
    }
  };
  const {upstream} = scriptedModel(() => []);
  const answer: readonly (AnswerChunk | 'wait')[] = ['wait', says('Hel'), 'wait', says('lo'), ends()];
  const proxy = await buildProxy(t, {
    keepAlive,
    upstream: {
      ...upstream,
      async *model() {
        yield {type: 'reply-start', answeredBy: {model: 'scripted-model'}};
        for (const step of answer) {
          if (step === 'wait') await wait();
          else yield step;
        }
      },
    },
  });
  return {
    ...proxy,
    goOn: async () => (await reached()).open(),
    fail: async (error: Error) => (await reached()).fail(error),
  };
}

const question = {model: 'm', messages: [{role: 'user', content: 'hi'}], max_tokens: 16, stream: true};

/** Reads a stream until it has matched, as text. */
async function* textsOf(response: Response) {
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, {stream: true});
    yield text;
  }
}

test('while the model is silent, a stream gets comments, before the first content and after it', async t => {
  const {post, goOn} = await silentModel(t, 0.02);
  const sign = ': keep-alive\n\n';
  const response = await post('/v1/chat/completions', question);
  t.is(response.status, 200);
  t.is(response.headers.get('x-retake'), 'recorded');
  let text = '';
  let stages = 0;
  for await (text of textsOf(response)) {
    const content = text.indexOf('Hel');
    const isBeaten = stages === 0 || (content > 0 && text.indexOf(sign, content) > 0);
    if (isBeaten && stages++ < 2) await goOn();
  }
  t.true(text.startsWith(sign));
  t.true(text.indexOf(sign, text.indexOf('Hel')) > 0);
  // The recording has no trace of the silence.
  const replayed = await (await post('/v1/chat/completions', question)).text();
  t.is(replayed, text.replaceAll(sign, ''));
});

test('through the Anthropic API the sign is a ping, which the SDK accepts', async t => {
  const {url, goOn} = await silentModel(t, 0.02);
  const client = new Anthropic({baseURL: url, apiKey: 'k', maxRetries: 0});
  const stream = client.messages.stream({
    model: 'claude-sonnet-5',
    max_tokens: 16,
    messages: [{role: 'user', content: 'hi'}],
  });
  await sleep(100);
  await goOn();
  await sleep(100);
  await goOn();
  const [block] = (await stream.finalMessage()).content;
  t.like(block, {type: 'text', text: 'Hello'});
});

test('pings come before the first content, too', async t => {
  const {post, goOn} = await silentModel(t, 0.02);
  const response = await post('/v1/messages', question);
  let text = '';
  let stages = 0;
  for await (text of textsOf(response)) if (stages++ < 2) await goOn();
  t.true(text.startsWith('event: ping\ndata: {"type":"ping"}\n\n'));
  t.regex(text, /event: message_stop\n/);
});

test('the SDK of OpenAI skips the comments', async t => {
  const {url, goOn} = await silentModel(t, 0.02);
  const stream = await openaiClient(url).chat.completions.create({
    model: 'm',
    messages: [{role: 'user', content: 'hi'}],
    stream: true,
  });
  setTimeout(goOn, 100);
  let text = '';
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? '';
    if (text === 'Hel') setTimeout(goOn, 100);
  }
  t.is(text, 'Hello');
});

test('the SDK of Gemini skips the comments', async t => {
  const {url, goOn} = await silentModel(t, 0.02);
  const client = new GoogleGenAI({apiKey: 'k', httpOptions: {baseUrl: url}});
  const stream = await client.models.generateContentStream({model: 'gemini-2.5-flash', contents: 'hi'});
  const goingOn = sleep(100)
    .then(goOn)
    .then(() => sleep(100))
    .then(goOn);
  let text = '';
  for await (const chunk of stream) text += chunk.text ?? '';
  await goingOn;
  t.is(text, 'Hello');
});

test('a failure after a sign of life ends the stream with an error', async t => {
  const {post, fail} = await silentModel(t, 0.02);
  const response = await post('/v1/chat/completions', question);
  await fail(new RetakeError('upstream_failed', 'The model is gone'));
  const text = await response.text().catch(error => String(error));
  t.is(response.status, 200);
  t.regex(text, /The model is gone|terminated/);
});

test('without the option, a failure before the first content keeps its status', async t => {
  const {post, fail} = await silentModel(t);
  const response = post('/v1/chat/completions', question);
  await fail(new RetakeError('upstream_failed', 'The model is gone'));
  t.is((await response).status, 502);
});

test('silence is noticed between items, again and again, and not after the end', async t => {
  let count = 0;
  let end: (result: IteratorResult<number>) => void = () => {};
  const items: AsyncIterator<number> = {
    next: () =>
      new Promise(resolve => {
        end = resolve;
      }),
  };
  const iterator = noticeSilence(items, 5, () => {
    if (++count === 3) end({done: true, value: undefined});
  });
  t.deepEqual(await iterator.next(), {done: true, value: undefined});
  await sleep(50);
  t.is(count, 3);
});

test('an item that is handled for long is no silence', async t => {
  let count = 0;
  const items = [1, 2][Symbol.iterator]();
  const iterator = noticeSilence({next: async () => items.next()}, 5, () => count++);
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) await sleep(50);
  t.is(count, 0);
});
