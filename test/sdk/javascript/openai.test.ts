import test from 'ava';
import OpenAI, {AzureOpenAI} from 'openai';
import {liveProxy} from '../../proxy/live-proxy.js';
import {answering, hanging} from '../../support/scripted-upstream.js';
import {openaiClient} from './clients.js';

const messages = [{role: 'user' as const, content: 'hi'}];
const severalSlots = {props: {total_slots: 4, chat_template: '{{ messages }}'}};

test('an answer has every field of the client’s types', async t => {
  const {url} = await liveProxy(t, {
    script: answering(['Hello', ' there'], {finish: 'length', promptTokens: 5}),
  });
  const {data, response} = await openaiClient(url)
    .chat.completions.create({model: 'gpt-4o', messages, logprobs: true, top_logprobs: 1})
    .withResponse();
  t.regex(data.id, /^chatcmpl-/);
  t.is(data.object, 'chat.completion');
  t.is(data.model, 'gpt-4o');
  t.true(Math.abs(data.created - Date.now() / 1000) < 600);
  const [choice] = data.choices;
  t.like(choice, {
    index: 0,
    finish_reason: 'length',
    message: {role: 'assistant', content: 'Hello there', refusal: null},
  });
  t.deepEqual(
    choice?.logprobs?.content?.map(({token, top_logprobs: top}) => [token, top.length]),
    [
      ['Hello', 1],
      [' there', 1],
    ],
  );
  t.like(data.usage, {prompt_tokens: 5, completion_tokens: 2, total_tokens: 7});
  t.is(response.headers.get('x-retake'), 'recorded');
});

test('every sampling parameter reaches the model', async t => {
  const {url, upstream} = await liveProxy(t, {server: severalSlots});
  const parameters = {
    temperature: 0.5,
    top_p: 0.9,
    seed: 3,
    max_completion_tokens: 50,
    stop: ['END', 'STOP'],
    presence_penalty: 0.25,
    frequency_penalty: -0.5,
    logit_bias: {'7': 10},
    n: 2,
  };
  const completion = await openaiClient(url).chat.completions.create({model: 'm', messages, ...parameters});
  t.is(completion.choices.length, 2);
  const {max_completion_tokens: limit, ...others} = parameters;
  t.like(upstream.requests[0]?.body, others);
  const {max_tokens: told, max_completion_tokens: toldAnew} = upstream.requests[0]?.body ?? {};
  t.is(told ?? toldAnew, limit);
});

test('the streaming helper builds the same completion from the pieces, live and replayed', async t => {
  const {url} = await liveProxy(t);
  const client = openaiClient(url);
  const completions: unknown[] = [];
  for (let asking = 0; asking < 3; asking++) {
    const options = {model: 'm', messages, stream_options: {include_usage: true}};
    const stream = client.chat.completions.stream(options);
    const pieces: string[] = [];
    stream.on('content', delta => pieces.push(delta));
    completions.push(await stream.finalChatCompletion());
    t.is(pieces.join(''), 'You said: hi');
    t.deepEqual((await stream.totalUsage()).completion_tokens, 3);
  }
  t.deepEqual(completions[1], completions[0]);
  t.deepEqual(completions[2], completions[0]);
});

test('a JSON schema is requested, and its answer is parsed', async t => {
  const {url, upstream} = await liveProxy(t, {script: answering(['{"city":', '"Oslo"}'])});
  const schema = {
    type: 'object',
    properties: {city: {type: 'string'}},
    required: ['city'],
    additionalProperties: false,
  };
  const completion = await openaiClient(url).chat.completions.create({
    model: 'm',
    messages,
    response_format: {type: 'json_schema', json_schema: {name: 'weather', strict: true, schema}},
  });
  t.deepEqual(JSON.parse(completion.choices[0]?.message.content ?? ''), {city: 'Oslo'});
  t.like(upstream.requests[0]?.body.response_format, {type: 'json_schema'});
});

test('an answer can be put into the history unchanged', async t => {
  const {url} = await liveProxy(t);
  const client = openaiClient(url);
  const first = await client.chat.completions.create({model: 'm', messages});
  const [choice] = first.choices;
  if (!choice) throw new Error('An answer has a choice');
  const history = [...messages, choice.message, {role: 'user' as const, content: 'and?'}];
  const second = await client.chat.completions.create({model: 'm', messages: history});
  t.is(second.choices[0]?.message.content, 'You said: and?');
});

test('a client that aborts cancels the upstream request', async t => {
  const {url, upstream} = await liveProxy(t, {script: hanging(['Hello']), finishTimeout: 300});
  const client = openaiClient(url);
  const stream = await client.chat.completions.create({model: 'm', messages, stream: true});
  for await (const piece of stream) if (piece.choices[0]?.delta.content) break;
  await upstream.untilAborted(1);

  const leaving = new AbortController();
  const asked = client.chat.completions.create({model: 'm', messages}, {signal: leaving.signal});
  await upstream.untilAsked(2);
  leaving.abort();
  await t.throwsAsync(async () => asked, {instanceOf: OpenAI.APIUserAbortError});
  await upstream.untilAborted(2);
});

test('a base URL without /v1, and one that names a cassette', async t => {
  const {url} = await liveProxy(t);
  for (const baseURL of [url, `${url}/`, `${url}/@test/v1`, `${url}/v1beta/openai/`]) {
    const client = new OpenAI({apiKey: 'placeholder', baseURL});
    const {data, response} = await client.chat.completions.create({model: 'm', messages}).withResponse();
    t.is(data.choices[0]?.message.content, 'You said: hi', baseURL);
    t.is(response.headers.get('x-retake-cassette'), 'test');
  }
});

test("Azure's client", async t => {
  const {url} = await liveProxy(t);
  const client = new AzureOpenAI({
    endpoint: url,
    apiKey: 'placeholder',
    apiVersion: '2024-10-21',
    deployment: 'my-gpt',
  });
  const completion = await client.chat.completions.create({model: 'm', messages});
  t.is(completion.choices[0]?.message.content, 'You said: hi');
});
