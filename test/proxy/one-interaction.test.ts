import {join} from 'node:path';
import test from 'ava';
import {geminiClient, openaiClient} from '../sdk/javascript/clients.js';
import {buildProxy, temporaryFolder} from '../support/build-proxy.js';
import {interactionsIn} from '../support/cassette-files.js';
import {answering} from '../support/scripted-upstream.js';
import {liveProxy} from './live-proxy.js';
import {openaiUnary, type Way, ways} from './ways.js';

const question = 'What is the capital of France?';

test('one request in any spelling is sent upstream once and is one interaction', async t => {
  const {url, post, proxy, cassette, upstream} = await liveProxy(t);
  const expected = `You said: ${question}`;
  const google = geminiClient(url);
  const openai = openaiClient(url);
  const model = 'gemini-2.5-flash';
  const messages = [{role: 'user' as const, content: question}];

  const reply = await google.models.generateContent({model, contents: question});
  t.is(reply.text, expected);

  const chat = google.chats.create({model});
  t.is((await chat.sendMessage({message: question})).text, expected);

  let streamed = '';
  for await (const piece of await google.models.generateContentStream({model, contents: [question]})) {
    streamed += piece.text ?? '';
  }
  t.is(streamed, expected);

  const completion = await openai.chat.completions.create({model: 'gpt-4o', messages});
  t.is(completion.choices[0]?.message.content, expected);

  const stream = openai.chat.completions.stream({model: 'o3', messages, user: 'somebody'});
  t.is((await stream.finalChatCompletion()).choices[0]?.message.content, expected);

  const response = await openai.responses.create({model: 'gpt-5', input: question});
  t.is(response.output_text, expected);

  const responses = openai.responses.stream({model: 'gpt-5', input: messages, store: false});
  t.is((await responses.finalResponse()).output_text, expected);

  for (const [path, body] of spellings) {
    const response = await post(path, body);
    const text = await response.text();
    t.is(response.status, 200, text);
    t.is(response.headers.get('x-retake'), 'hit', body);
  }

  t.is(upstream.requests.length, 1);
  await proxy.close();
  const interactions = await interactionsIn(cassette);
  t.deepEqual(
    interactions.map(({takes}) => takes.length),
    [1],
  );
});

const parts = [{text: question}];
const spellings: readonly (readonly [string, string])[] = [
  ['/v1beta/models/gemini-2.0-flash:generateContent', JSON.stringify({contents: {parts: {text: question}}})],
  [
    '/v1/models/gemini-2.5-pro:streamGenerateContent?alt=sse&key=placeholder',
    JSON.stringify({contents: [{parts, role: 'user'}], generation_config: {}, safetySettings: []}),
  ],
  [
    '//v1alpha/models/x:streamGenerateContent',
    `  {"contents" : [ {"role":"user","parts":[{"text":${JSON.stringify(question)}}]} ]}\n`,
  ],
  [
    '/v1/chat/completions',
    `{"messages":[{"content":[{"text":"What is the capital of Fran\\u0063e?","type":"text"}],"role":"user"}],"n":1.0,"model":"m"}`,
  ],
  [
    '/chat/completions',
    JSON.stringify({
      model: 'm',
      messages: [{role: 'user', content: question, name: null}],
      temperature: null,
      stream: true,
    }),
  ],
  [
    '/v1beta/openai/chat/completions',
    JSON.stringify({model: 'gemini-2.5-flash', messages: [{role: 'user', content: question}], store: false}),
  ],
];

const settings = {temperature: 0.5, candidates: 2, alternatives: 2};
const severalSlots = {props: {total_slots: 4, chat_template: '{{ messages }}'}};

/** Records with one API and delivery, and replays with every other. */
const playsEverywhere = test.macro({
  title: (_name, recorder: Way) =>
    `an answer recorded through ${recorder.name} has the same content through every API and delivery`,
  async exec(t, recorder: Way) {
    const script = answering(['The ', 'capital ', 'is 🇫🇷 ', 'Paris.'], {finish: 'length', promptTokens: 11});
    const {post, upstream} = await liveProxy(t, {script, server: severalSlots});
    const live = await post(recorder.path, recorder.ask(question, settings));
    const recorded = recorder.read(await live.text());
    t.is(live.headers.get('x-retake'), 'recorded');

    for (const player of ways) {
      const response = await post(player.path, player.ask(question, settings));
      t.is(response.headers.get('x-retake'), 'hit');
      const {model, ...played} = player.read(await response.text());
      t.is(model, player.api === 'gemini' ? 'gemini-2.5-flash' : 'gpt-4o');
      t.deepEqual(
        played,
        {id: recorded.id, candidates: recorded.candidates, tokens: recorded.tokens},
        player.name,
      );
    }
    t.is(upstream.requests.length, 1);

    const [candidate] = recorded.candidates;
    t.is(recorded.candidates.length, 2);
    t.is(candidate?.text, 'The capital is 🇫🇷 Paris.');
    t.is(candidate?.finish, 'length');
    t.is(candidate?.logprobs.length, 4);
    t.is(candidate?.logprobs[0]?.top.length, 2);
    t.deepEqual(recorded.tokens, {input: 11, output: 8});
  },
});

for (const way of ways) test(playsEverywhere, way);

/** A complete answer is sent in one piece; a live one in chunks. */
const variesByTransfer = new Set(['date', 'x-retake', 'content-length', 'transfer-encoding']);

const replaysBytes = test.macro({
  title: (_name, way: Way) => `the live answer and all its replays have the same bytes: ${way.name}`,
  async exec(t, way: Way) {
    const folder = await temporaryFolder(t);
    const cassette = join(folder, 'bytes.cassette');
    const {post, proxy, upstream} = await liveProxy(t, {cassette});
    const sent = async (ask: typeof post) => {
      const response = await ask(way.path, way.ask(question, settings));
      const headers = [...response.headers].filter(([name]) => !variesByTransfer.has(name));
      return {outcome: response.headers.get('x-retake'), headers, body: await response.text()};
    };
    const live = await sent(post);
    t.is(live.outcome, 'recorded');
    const replays = [await sent(post), await sent(post)];
    await proxy.close();
    await upstream.close();

    const inCi = await buildProxy(t, {cassette, mode: 'replay', now: () => Date.now() + 86_400_000});
    replays.push(await sent(inCi.post), await sent(inCi.post));
    for (const replay of replays) t.deepEqual(replay, {...live, outcome: 'hit'});
  },
});

for (const way of ways) test(replaysBytes, way);

test('ids and times come from the take', async t => {
  let now = 1_760_000_000_000;
  const {post} = await liveProxy(t, {now: () => now});
  const ask = async (text: string) =>
    JSON.parse(await (await post(openaiUnary.path, openaiUnary.ask(text))).text());
  const recorded = await ask('one');
  now += 5_000_000;
  const other = await ask('two');
  const replayed = await ask('one');
  t.is(recorded.created, 1_760_000_000);
  t.is(replayed.created, 1_760_000_000);
  t.is(other.created, 1_760_005_000);
  t.is(replayed.id, recorded.id);
  t.not(other.id, recorded.id);
});

test('a stream is replayed with the recorded chunks', async t => {
  const {post} = await liveProxy(t, {script: answering(['A', 'B', 'CD'])});
  await post(openaiUnary.path, openaiUnary.ask(question));
  const response = await post(openaiUnary.path, {...openaiUnary.ask(question), stream: true});
  const pieces = [...(await response.text()).matchAll(/"content":"([A-D]+)"/g)].map(([, piece]) => piece);
  t.deepEqual(pieces, ['A', 'B', 'CD']);
});
