import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {buildProxy, temporaryFolder} from '../../support/build-proxy.js';
import {
  answering,
  echoing,
  type ScriptedUpstream,
  type ScriptedUpstreamOptions,
  scriptedProps,
  scriptedUpstream,
} from '../../support/scripted-upstream.js';

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  title: 'City',
  properties: {zip: {type: 'string', format: 'postal-code'}, age: {type: 'integer'}},
  required: ['zip', 'age'],
  additionalProperties: false,
};
const tool = {type: 'function', function: {name: 'find', description: 'd', parameters: schema, strict: true}};

const written = {
  model: 'gpt-x',
  messages: [
    {role: 'system', content: 'Be brief.'},
    {role: 'user', content: 'Where?'},
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        {id: 'call_Zz9', type: 'function', function: {name: 'find', arguments: '{ "zip": "1", "age": 2 }'}},
      ],
    },
    {role: 'tool', tool_call_id: 'call_Zz9', content: '{ "found": true }'},
    {role: 'user', content: 'And now?'},
  ],
  tools: [tool],
  tool_choice: {type: 'function', function: {name: 'find'}},
  parallel_tool_calls: true,
  response_format: {type: 'json_schema', json_schema: {name: 'city', strict: true, schema}},
  max_completion_tokens: 20,
  temperature: 0.699999988079071,
  stop: ['zz', 'aa'],
  reasoning_effort: 'low',
  verbosity: 'low',
  user: 'ann',
  service_tier: 'flex',
  prompt_cache_key: 'k',
  chat_template_kwargs: {enable_thinking: false},
};

/** The same question in other words. */
const rewritten = {
  ...written,
  tools: [{type: 'function', function: {...tool.function, strict: undefined}}],
  parallel_tool_calls: undefined,
  response_format: {type: 'json_schema', json_schema: {name: 'other', schema}},
  max_completion_tokens: undefined,
  max_tokens: 20,
  temperature: 0.7,
  stop: ['aa', 'zz'],
  user: undefined,
  service_tier: undefined,
  prompt_cache_key: undefined,
};

const callScript = answering(['{"zip":"1","age":2}']);

test('a server gets the request as the client wrote it, with streaming and its usage', async t => {
  const {upstream, post} = await build(t, {props: null});
  const response = await post('/v1/chat/completions', written);
  t.is(response.status, 200, await response.text());
  const {messages, ...rest} = upstream.requests[0]?.body ?? {};
  const {messages: writtenMessages, ...writtenRest} = written;
  t.deepEqual(rest, {...writtenRest, stream: true, stream_options: {include_usage: true}});
  // Only the white space between the members of arguments is ours.
  t.deepEqual(JSON.parse(messages[2].tool_calls[0].function.arguments), {zip: '1', age: 2});
  t.deepEqual(
    JSON.parse(JSON.stringify(messages).replace(/"arguments":"[^}]*}"/, '"arguments":""')),
    JSON.parse(JSON.stringify(writtenMessages).replace(/"arguments":"[^}]*}"/, '"arguments":""')),
  );
});

test('other words for the same question find the same recording', async t => {
  const {upstream, post} = await build(t, {props: null});
  const first = await (await post('/v1/chat/completions', written)).text();
  t.is(await (await post('/v1/chat/completions', rewritten)).text(), first);
  t.is(upstream.requests.length, 1);
});

test('a llama-server gets the normalized request', async t => {
  const {upstream, post} = await build(t, {});
  await post('/v1/chat/completions', {...rewritten, tools: undefined, tool_choice: undefined});
  t.like(upstream.requests[0]?.body, {max_tokens: 20, temperature: 0.7, stop: ['aa', 'zz']});
  t.is(upstream.requests[0]?.body.model, undefined);
});

test('Responses send strict and the name of the schema, too', async t => {
  const {upstream, post} = await build(t, {props: null});
  await post('/v1/responses', {
    model: 'gpt-x',
    input: 'Where?',
    tools: [{type: 'function', name: 'find', parameters: schema, strict: false}],
    text: {format: {type: 'json_schema', name: 'city', strict: true, schema}},
  });
  const {tools, response_format: format} = upstream.requests[0]?.body ?? {};
  t.deepEqual(tools, [{type: 'function', function: {name: 'find', parameters: schema, strict: false}}]);
  t.deepEqual(format, {type: 'json_schema', json_schema: {name: 'city', strict: true, schema}});
});

const question = (model: string) => ({model, messages: [{role: 'user', content: 'Hi'}]});

test('a new cassette decides at its first question to send and match the model, and remembers it', async t => {
  const cassette = join(await temporaryFolder(t), 'models.cassette');
  const {upstream, post, proxy} = await build(t, {props: null, models: ['a', 'b']}, cassette);
  t.deepEqual(
    upstream.paths.filter(path => path.startsWith('POST')),
    [],
  );
  for (const model of ['a', 'b', 'a']) await post('/v1/chat/completions', question(model));
  t.deepEqual(
    upstream.requests.map(({body}) => body.model),
    ['a', 'b'],
  );
  await proxy.close();
  const replaying = await buildProxy(t, {cassette, mode: 'replay'});
  t.is((await replaying.post('/v1/chat/completions', question('b'))).status, 200);
  t.is((await replaying.post('/v1/chat/completions', question('c'))).status, 400);
  // A llama-server with one model does not change what the cassette remembers.
  const later = await build(t, {}, cassette);
  await later.post('/v1/chat/completions', question('c'));
  t.is(later.upstream.requests[0]?.body.model, 'c');
});

test('a server with one model is asked for the one that the client names', async t => {
  const {upstream, post} = await build(t, {props: null, models: ['served']});
  await post('/v1/chat/completions', question('named'));
  t.is(upstream.requests[0]?.body.model, 'named');
});

test('a llama-server with several models is told which one', async t => {
  const {upstream, post} = await build(t, {models: ['a', 'b']});
  await post('/v1/chat/completions', question('b'));
  t.is(upstream.requests[0]?.body.model, 'b');
});

test('an existing cassette and an explicit setting decide for themselves', async t => {
  const cassette = join(await temporaryFolder(t), 'models.cassette');
  const local = await build(t, {}, cassette);
  await local.post('/v1/chat/completions', question('a'));
  await local.proxy.close();
  const {upstream, post} = await build(t, {props: null, models: ['served']}, cassette);
  t.is((await post('/v1/chat/completions', question('b'))).headers.get('x-retake'), 'hit');
  await post('/v1/chat/completions', {...question('b'), seed: 1});
  t.is(upstream.requests[0]?.body.model, 'served');
  const set = await scriptedUpstream(t, echoing(), {props: null, models: ['served']});
  const keySettings = {forwardModel: false};
  const other = await buildProxy(t, {upstream: {url: set.url}, keySettings});
  await other.post('/v1/chat/completions', question('b'));
  t.is(set.requests[0]?.body.model, 'served');
});

test('strict replay asks the server nothing', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {props: null});
  const {post} = await buildProxy(t, {mode: 'replay', upstream: {url: upstream.url}});
  t.is((await post('/v1/chat/completions', question('a'))).status, 400);
  t.deepEqual(upstream.paths, []);
});

test('two first questions at once decide the same', async t => {
  const {upstream, post} = await build(t, {props: null, models: ['a', 'b']});
  await Promise.all(['a', 'b'].map(model => post('/v1/chat/completions', question(model))));
  t.deepEqual(upstream.requests.map(({body}) => body.model).sort(), ['a', 'b']);
});

async function build(
  t: ExecutionContext,
  options: ScriptedUpstreamOptions,
  cassette?: string,
): Promise<Awaited<ReturnType<typeof buildProxy>> & {readonly upstream: ScriptedUpstream}> {
  const upstream = await scriptedUpstream(t, callScript, {
    ...options,
    props: options.props === undefined ? scriptedProps : options.props,
  });
  const proxy = await buildProxy(t, {upstream: {url: upstream.url}, ...(cassette && {cassette})});
  return {...proxy, upstream};
}
