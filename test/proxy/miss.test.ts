import {ApiError} from '@google/genai';
import test from 'ava';
import OpenAI from 'openai';
import type {ProxyOptions} from '../../src/index.js';
import {geminiClient, openaiClient} from '../sdk/javascript/clients.js';
import {buildProxy} from '../support/build-proxy.js';
import {replying} from '../support/scripted-upstream.js';
import {liveProxy} from './live-proxy.js';
import {geminiUnary, openaiUnary, ways} from './ways.js';

const schema = {
  type: 'object',
  properties: {city: {type: 'string'}, unit: {type: 'string', enum: ['C', 'F']}},
  required: ['city'],
};

const recorded = {
  model: 'gpt-4o',
  messages: [
    {role: 'system', content: 'You are a clerk.\nBe brief.'},
    {role: 'user', content: 'Good morning'},
    {role: 'assistant', content: 'Good morning!'},
    {role: 'user', content: 'How warm is it in Oslo?'},
  ],
  temperature: 0.7,
  seed: 1,
  stop: ['END'],
  response_format: {type: 'json_schema', json_schema: {name: 'weather', schema}},
};

const [system, greeting, reply, question] = recorded.messages;
const withMessages = (...messages: readonly unknown[]) => ({...recorded, messages});
const withSchema = (changed: object) => ({
  ...recorded,
  response_format: {type: 'json_schema', json_schema: {name: 'weather', schema: changed}},
});
const {temperature: _temperature, ...withoutTemperature} = recorded;

const names = test.macro({
  title: (_name, change: string) => `a miss names only the difference: ${change}`,
  async exec(
    t,
    _change: string,
    changed: object,
    difference: string,
    keySettings: NonNullable<ProxyOptions['keySettings']> = {},
  ) {
    const {cassette, post, proxy} = await liveProxy(t, {keySettings});
    t.is((await post(openaiUnary.path, recorded)).status, 200);
    await proxy.close();

    const replay = await buildProxy(t, {mode: 'replay', cassette});
    const response = await replay.post(openaiUnary.path, changed);
    const {message} = JSON.parse(await response.text()).error;
    t.is(response.status, 400);
    t.deepEqual(differencesIn(message), [difference]);
    const {misses} = await replay.proxy.verdict();
    t.deepEqual(misses[0]?.nearest?.differences, [difference]);
  },
});

function differencesIn(message: string): readonly string[] {
  return message.split('\n').flatMap(line => (line.startsWith('  - ') ? [line.slice(4)] : []));
}

test(
  names,
  'a line of the system prompt',
  withMessages({role: 'system', content: 'You are a clerk.\nBe rude.'}, greeting, reply, question),
  'system prompt, line 2: asked "Be rude.", recorded "Be brief."',
);
test(
  names,
  'no system prompt',
  withMessages(greeting, reply, question),
  'system prompt: recorded, not asked',
);
test(
  names,
  'a word of the question',
  withMessages(system, greeting, reply, {role: 'user', content: 'How warm is it in Rome?'}),
  'turn 3 (user), line 1: asked "How warm is it in Rome?", recorded "How warm is it in Oslo?"',
);
test(
  names,
  'an earlier turn',
  withMessages(system, {role: 'user', content: 'Good evening'}, reply, question),
  'turn 1 (user), line 1: asked "Good evening", recorded "Good morning"',
);
test(
  names,
  'an additional turn',
  withMessages(system, greeting, reply, question, {role: 'user', content: 'Quick!'}),
  'turn 4 (user): asked, not recorded',
);
test(
  names,
  'fewer turns',
  withMessages(system, greeting, question),
  'turn 2 (assistant): recorded, not asked',
);
test(
  names,
  'a different role',
  withMessages(system, greeting, {role: 'user', content: 'Good morning!'}, question),
  'turn 2 (user): role user, recorded assistant',
);
test(names, 'temperature', {...recorded, temperature: 0.2}, 'temperature: asked 0.2, recorded 0.7');
test(names, 'no temperature', withoutTemperature, 'temperature: asked none, recorded 0.7');
test(names, 'seed', {...recorded, seed: 2}, 'seed: asked 2, recorded 1');
test(names, 'a stop sequence', {...recorded, stop: ['STOP']}, 'stop: asked ["STOP"], recorded ["END"]');
test(names, 'a token limit', {...recorded, max_tokens: 9}, 'maxTokens: asked 9, recorded none');
test(names, 'candidates', {...recorded, n: 3}, 'candidates: asked 3, recorded none');
test(
  names,
  'log probabilities',
  {...recorded, logprobs: true, top_logprobs: 2},
  'logprobs.top: asked 2, recorded none',
);
test(
  names,
  'a field that is passed on',
  {...recorded, verbosity: 'low'},
  'extras.verbosity: asked "low", recorded none',
);
test(
  names,
  'the type of a property',
  withSchema({...schema, properties: {...schema.properties, city: {type: 'integer'}}}),
  'output schema: /properties/city/type: asked "integer", recorded "string"',
);
test(
  names,
  'a new property',
  withSchema({...schema, properties: {...schema.properties, wind: {type: 'number'}}}),
  'output schema: /properties/wind: asked {"type":"number"}, recorded none',
);
test(
  names,
  'the order of properties',
  withSchema({...schema, properties: {unit: schema.properties.unit, city: schema.properties.city}}),
  'output schema: /properties: the order: asked unit, city, recorded city, unit',
);
test(
  names,
  'a different output format',
  {...recorded, response_format: {type: 'json_object'}},
  'output format: json, recorded json-schema',
);
test(
  names,
  'the model, with forwardModel',
  {...recorded, model: 'o3'},
  'model: asked "o3", recorded "gpt-4o"',
  {
    forwardModel: true,
  },
);

test('each of several differences is named', async t => {
  const {cassette, post, proxy} = await liveProxy(t);
  await post(openaiUnary.path, recorded);
  await proxy.close();
  const replay = await buildProxy(t, {mode: 'replay', cassette});
  const changed = {...withMessages(system, greeting, reply, {...question, content: 'Bye'}), seed: 5};
  const {error} = JSON.parse(await (await replay.post(openaiUnary.path, changed)).text());
  t.deepEqual(differencesIn(error.message), [
    'turn 3 (user), line 1: asked "Bye", recorded "How warm is it in Oslo?"',
    'seed: asked 5, recorded 1',
  ]);
});

test('a miss that differs in a date only prints the rule that ignores it', async t => {
  const {cassette, post, proxy} = await liveProxy(t);
  const ask = (day: string) => openaiUnary.ask(`Today is ${day}. Which day of the week is it?`);
  await post(openaiUnary.path, ask('2026-11-28'));
  await proxy.close();
  const replay = await buildProxy(t, {mode: 'replay', cassette});
  const {error} = JSON.parse(await (await replay.post(openaiUnary.path, ask('2026-11-29'))).text());
  const [, rules = ''] = /^ {2}"ignore": (.*)$/m.exec(error.message) ?? [];
  const ignore = JSON.parse(rules);
  t.is(ignore.length, 1);
  const {post: record, proxy: recording} = await liveProxy(t, {keySettings: {ignore}});
  await record(openaiUnary.path, ask('2026-11-28'));
  const again = await record(openaiUnary.path, ask('2026-11-29'), {'x-retake-mode': 'replay'});
  t.is(again.headers.get('x-retake'), 'hit');
  await recording.close();
});

test('the nearest of several recordings is named', async t => {
  const {post} = await liveProxy(t);
  for (const city of ['Oslo', 'Paris', 'Rome']) {
    await post(geminiUnary.path, geminiUnary.ask(`How warm is it in ${city} today, and is there any wind?`));
  }
  const asked = 'How warm is it in Rome today, and is there any rain?';
  const response = await post(openaiUnary.path, openaiUnary.ask(asked), {'x-retake-mode': 'replay'});
  const {message} = JSON.parse(await response.text()).error;
  t.regex(message, /Nearest recording [0-9a-f]{12}: "How warm is it in Rome today, and is there any wind\?"/);
});

test('with an empty cassette, the miss says that it is empty', async t => {
  const {post} = await buildProxy(t, {mode: 'replay'});
  const response = await post(openaiUnary.path, openaiUnary.ask('hi'));
  const {message} = JSON.parse(await response.text()).error;
  t.deepEqual(message.split('\n'), [
    'No take of this request in cassette "test" (mode replay).',
    'Asked: "hi"',
    'The cassette is empty.',
    'To record it, run the same command on a machine with a model: retake run --mode auto -- <command>',
  ]);
});

for (const way of ways) {
  test(`a miss is a 400 in the API’s format that no SDK retries: ${way.name}`, async t => {
    const {post} = await buildProxy(t, {mode: 'replay'});
    const response = await post(way.path, way.ask('hi'));
    t.is(response.status, 400);
    t.is(response.headers.get('x-should-retry'), 'false');
    t.is(response.headers.get('x-retake'), 'miss');
    t.is(response.headers.get('x-retake-cassette'), 'test');
    t.regex(response.headers.get('x-retake-key') ?? '', /^1:[0-9a-f]{64}$/);
    t.regex(response.headers.get('content-type') ?? '', /^application\/json/);
    const {error} = JSON.parse(await response.text());
    if (way.api === 'gemini') {
      t.is(error.code, 400);
      t.is(error.status, 'INVALID_ARGUMENT');
      t.is(error.details[0].reason, 'CASSETTE_MISS');
    } else {
      t.like(error, {type: 'invalid_request_error', param: null, code: 'cassette_miss'});
    }
    t.regex(error.message, /^No take of this request in cassette "test" \(mode replay\)\./);
  });
}

test("the SDKs raise a miss as their own 'bad request' error, and do not retry", async t => {
  let exchanges = 0;
  const {url} = await buildProxy(t, {mode: 'replay', onExchange: () => exchanges++});
  const openai = openaiClient(url);
  const google = geminiClient(url);
  const messages = [{role: 'user' as const, content: 'hi'}];
  const asked = {model: 'gemini-2.5-flash', contents: 'hi'};

  for (const ask of [
    () => openai.chat.completions.create({model: 'gpt-4o', messages}),
    () => openai.chat.completions.create({model: 'gpt-4o', messages, stream: true}),
  ]) {
    const error = await t.throwsAsync(async () => ask(), {instanceOf: OpenAI.BadRequestError});
    t.is(error?.code, 'cassette_miss');
  }
  for (const ask of [
    () => google.models.generateContent(asked),
    () => google.models.generateContentStream(asked),
  ]) {
    const error = await t.throwsAsync(async () => ask(), {instanceOf: ApiError});
    t.is(error?.status, 400);
    t.regex(error?.message ?? '', /CASSETTE_MISS/);
  }
  t.is(exchanges, 4);
});

test('the same question with other settings is nearer than another question with the same ones', async t => {
  const {cassette, post, proxy} = await liveProxy(t);
  const settings = {temperature: 0.1, seed: 1, max_tokens: 10, presence_penalty: 1, frequency_penalty: 1};
  const asked = (content: string, more: object) => ({
    model: 'm',
    messages: [{role: 'user', content}],
    ...more,
  });
  for (const content of ['What is the capital of Spain?', 'What is the capital of Italy?']) {
    await post(openaiUnary.path, asked(content, settings));
  }
  await post(openaiUnary.path, asked('What is the capital of France?', {temperature: 0.9, stop: ['.']}));
  await proxy.close();
  const replay = await buildProxy(t, {mode: 'replay', cassette});
  const response = await replay.post(openaiUnary.path, asked('What is the capital of France?', settings));
  t.is(response.status, 400);
  const [miss] = (await replay.proxy.verdict()).misses;
  t.is(miss?.nearest?.question, 'What is the capital of France?');
  t.true((miss?.nearest?.differences.length ?? 0) >= 5);
});

test('the nearest recording of a chat is never an embedding', async t => {
  const embedding = {
    object: 'list',
    model: 'm',
    data: [{object: 'embedding', index: 0, embedding: [0.5, 0.25]}],
  };
  const {cassette, post, proxy} = await liveProxy(t, {
    server: {
      routes: {'/embeddings': replying(() => ({...embedding, usage: {prompt_tokens: 1, total_tokens: 1}}))},
    },
  });
  const embed = {model: 'm', input: 'hi'};
  t.is((await post('/v1/embeddings', embed)).status, 200);
  await proxy.close();
  const replay = await buildProxy(t, {mode: 'replay', cassette});
  const response = await replay.post(openaiUnary.path, openaiUnary.ask('hi'));
  t.is(response.status, 400);
  t.regex(await response.text(), /The cassette has recordings, but none of this kind \(chat\)\./);
  t.is((await replay.proxy.verdict()).misses[0]?.nearest, undefined);
});

test('another status of a miss can be set', async t => {
  const {post} = await buildProxy(t, {mode: 'replay', missStatus: 422});
  for (const way of ways) {
    const response = await post(way.path, way.ask('hi'));
    t.is(response.status, 422);
    t.is(response.headers.get('x-retake'), 'miss');
    t.is(response.headers.get('x-should-retry'), 'false');
  }
});
