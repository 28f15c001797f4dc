import Anthropic from '@anthropic-ai/sdk';
import test from 'ava';
import {liveProxy} from '../../proxy/live-proxy.js';
import {answering, hanging} from '../../support/scripted-upstream.js';
import {anthropicClient, geminiClient, openaiClient} from './clients.js';

const messages = [{role: 'user' as const, content: 'hi'}];
const question = {model: 'claude-sonnet-5-5', max_tokens: 100, messages};

test('a message has every field of the client’s types', async t => {
  const {url} = await liveProxy(t, {
    script: answering(['Hello', ' there'], {finish: 'length', promptTokens: 5}),
  });
  const {
    data,
    response,
    request_id: requestId,
  } = await anthropicClient(url).messages.create(question).withResponse();
  t.regex(data.id, /^msg_/);
  t.like(data, {
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-5-5',
    stop_reason: 'max_tokens',
    stop_sequence: null,
    content: [{type: 'text', text: 'Hello there'}],
  });
  t.like(data.usage, {input_tokens: 5, output_tokens: 2});
  t.regex(String(requestId), /^req_/);
  t.is(response.headers.get('x-retake'), 'recorded');
});

test('the streaming helper builds the same message from the events, live and replayed', async t => {
  const {url, upstream} = await liveProxy(t);
  const client = anthropicClient(url);
  const texts: string[] = [];
  const live = await client.messages
    .stream(question)
    .on('text', text => texts.push(text))
    .finalMessage();
  const replayed = await client.messages.stream(question).finalMessage();
  t.is(texts.join(''), 'You said: hi');
  t.deepEqual(replayed, live);
  const whole = await client.messages.create(question);
  t.is(whole.id, live.id);
  t.deepEqual(whole.content, live.content);
  t.deepEqual(whole.usage.output_tokens, live.usage.output_tokens);
  t.is(upstream.requests.length, 1);
});

test('one recording answers the same request through every API', async t => {
  const {url, upstream} = await liveProxy(t);
  const message = await anthropicClient(url).messages.create({
    ...question,
    system: 'Be brief.',
    stop_sequences: ['END'],
  });
  const completion = await openaiClient(url).chat.completions.create({
    model: 'gpt-4o',
    max_tokens: 100,
    stop: ['END'],
    messages: [{role: 'system', content: 'Be brief.'}, ...messages],
  });
  const reply = await geminiClient(url).models.generateContent({
    model: 'gemini-2.5-flash',
    contents: 'hi',
    config: {systemInstruction: 'Be brief.', maxOutputTokens: 100, stopSequences: ['END']},
  });
  t.is(upstream.requests.length, 1);
  const [block] = message.content;
  t.is(block?.type === 'text' ? block.text : '', completion.choices[0]?.message.content ?? 'none');
  t.is(reply.text, completion.choices[0]?.message.content ?? 'none');
});

test('structured output reaches the model as a schema and is parsed', async t => {
  const schema = {type: 'object', properties: {city: {type: 'string'}}, required: ['city']};
  const {url, upstream} = await liveProxy(t, {script: answering(['{"city":"Oslo"}'])});
  const message = await anthropicClient(url).messages.create({
    ...question,
    output_config: {format: {type: 'json_schema', schema}},
  });
  t.is(upstream.requests[0]?.body.response_format.type, 'json_schema');
  const [block] = message.content;
  t.is(block?.type === 'text' ? block.text : '', '{"city":"Oslo"}');
});

test('models are listed in pages, and every name is accepted', async t => {
  const {url} = await liveProxy(t);
  const names: string[] = [];
  for await (const model of anthropicClient(url).models.list({limit: 2})) names.push(model.id);
  t.true(names.length > 4);
  t.is(new Set(names).size, names.length);
  t.like(await anthropicClient(url).models.retrieve('claude-9'), {id: 'claude-9', type: 'model'});
});

test('bad requests, misses and failures raise the SDK’s own error classes', async t => {
  const {url} = await liveProxy(t, {mode: 'replay'});
  const client = anthropicClient(url);
  const bad = await t.throwsAsync(client.messages.create({...question, max_tokens: 0}), {
    instanceOf: Anthropic.BadRequestError,
  });
  t.regex(bad?.message ?? '', /max_tokens: Input should be greater than or equal to 1/);
  const miss = await t.throwsAsync(client.messages.create(question), {instanceOf: Anthropic.BadRequestError});
  t.regex(miss?.message ?? '', /No take of this request/);
  t.is(miss?.headers?.get('x-retake'), 'miss');
});

test('a miss is not retried', async t => {
  let asked = 0;
  const {url} = await liveProxy(t, {mode: 'replay', onExchange: () => asked++});
  await t.throwsAsync(anthropicClient(url).messages.create(question));
  t.is(asked, 1);
});

test('a client that disconnects during the answer cancels the upstream request', async t => {
  const {url, upstream} = await liveProxy(t, {script: hanging(['Hello']), finishTimeout: 300});
  const stream = anthropicClient(url).messages.stream(question);
  await t.throwsAsync(async () => {
    for await (const event of stream) if (event.type === 'content_block_delta') stream.abort();
  });
  await upstream.untilAborted(1);
  t.pass();
});
