import test from 'ava';
import {BadRequestError, NotFoundError} from 'openai';
import type {ResponseInputItem, ResponseStreamEvent} from 'openai/resources/responses/responses';
import {openaiClient} from '../../../sdk/javascript/clients.js';
import {buildProxy} from '../../../support/build-proxy.js';
import {calls, ends, type ModelScript, says, scriptedModel} from '../../../support/scripted-model.js';

const model = 'gpt-4o';

/** A proxy in front of a scripted model, and the real client. */
async function asking(t: Parameters<typeof buildProxy>[0], script: ModelScript) {
  const {upstream, asked} = scriptedModel(script);
  const proxy = await buildProxy(t, {upstream});
  return {...proxy, asked, client: openaiClient(proxy.url)};
}

const hello: ModelScript = () => [says('Hel'), says('lo'), ends()];

test('the client reads a unary response', async t => {
  const {client} = await asking(t, hello);
  const response = await client.responses.create({
    model,
    input: 'hi',
    metadata: {run: '1'},
    temperature: 0.5,
  });
  t.is(response.output_text, 'Hello');
  t.regex(response.id, /^resp_[0-9a-f]{24}$/);
  const suffix = response.id.slice('resp_'.length);
  t.deepEqual(response.output, [
    {
      id: `msg_${suffix}_0`,
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{type: 'output_text', text: 'Hello', annotations: [], logprobs: []}],
    },
  ]);
  t.like(response, {
    object: 'response',
    status: 'completed',
    model,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {run: '1'},
    temperature: 0.5,
    top_p: null,
    tool_choice: 'auto',
    tools: [],
    parallel_tool_calls: true,
    previous_response_id: null,
    truncation: 'disabled',
    text: {format: {type: 'text'}, verbosity: 'medium'},
    usage: {
      input_tokens: 7,
      input_tokens_details: {cached_tokens: 0, cache_write_tokens: 0},
      output_tokens: 3,
      output_tokens_details: {reasoning_tokens: 0},
      total_tokens: 10,
    },
  });
});

test('a stream has every event in order, numbered, and ends with the unary response', async t => {
  const {client, asked} = await asking(t, () => [
    {type: 'reasoning-delta', candidate: 0, text: 'Hm.'},
    says('Let me'),
    says(' see.'),
    ...calls('look', ['{"a"', ':1}']),
    ...calls('ask', [], 1),
    ends('tool-calls'),
  ]);
  const tools = ['look', 'ask'].map(name => ({
    type: 'function' as const,
    name,
    parameters: null,
    strict: null,
  }));
  const question = {model, input: 'hi', tools};
  const events: ResponseStreamEvent[] = [];
  for await (const event of await client.responses.create({...question, stream: true})) events.push(event);
  t.deepEqual(
    events.map(({type}) => type.replace('response.', '')),
    [
      'created',
      'in_progress',
      'output_item.added',
      'content_part.added',
      'reasoning_text.delta',
      'reasoning_text.done',
      'content_part.done',
      'output_item.done',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.delta',
      'output_item.added',
      'function_call_arguments.done',
      'output_item.done',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'completed',
    ],
  );
  t.deepEqual(
    events.map(({sequence_number: number}) => number),
    events.map((_, index) => index),
  );
  const whole = await client.responses.create(question);
  const last = events.at(-1);
  t.true(last?.type === 'response.completed');
  const {output_text: _text, ...unstreamed} = whole;
  t.like(last, {response: JSON.parse(JSON.stringify(unstreamed))});
  t.deepEqual(
    whole.output.map(item =>
      item.type === 'function_call' ? [item.name, item.arguments, item.status] : item.type,
    ),
    ['reasoning', 'message', ['look', '{"a":1}', 'completed'], ['ask', '{}', 'completed']],
  );
  t.is(asked.length, 1);
});

test('the streaming helper collects the same response', async t => {
  const {client} = await asking(t, () => [
    says('Look: '),
    ...calls('look', ['{"a":', '1}']),
    ends('tool-calls'),
  ]);
  const question = {
    model,
    input: 'hi',
    tools: [{type: 'function' as const, name: 'look', parameters: {}, strict: true}],
  };
  const gathered = await client.responses.stream(question).finalResponse();
  const whole = await client.responses.create(question);
  t.is(gathered.output_text, 'Look: ');
  t.deepEqual(gathered.id, whole.id);
  t.like(gathered.output[1], {type: 'function_call', name: 'look', arguments: '{"a":1}'});
});

test('every event has its name before its data', async t => {
  const {post} = await asking(t, hello);
  const response = await post('/v1/responses', {model, input: 'hi', stream: true});
  t.is(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  const events = (await response.text()).split('\n\n').slice(0, -1);
  t.true(events.length > 5);
  for (const event of events) {
    const [, name, data] = /^event: (\S+)\ndata: (\{.*\})$/.exec(event) ?? [];
    t.is(JSON.parse(data ?? '').type, name);
  }
});

test('a response that reached its token limit is incomplete and has a reason', async t => {
  const {client} = await asking(t, () => [says('Hel'), ends('length')]);
  const question = {model, input: 'hi', max_output_tokens: 16};
  const response = await client.responses.create(question);
  t.like(response, {status: 'incomplete', incomplete_details: {reason: 'max_output_tokens'}});
  t.like(response.output[0], {status: 'incomplete'});
  const types: string[] = [];
  for await (const {type} of await client.responses.create({...question, stream: true})) types.push(type);
  t.is(types.at(-1), 'response.incomplete');
});

test('log probabilities come with the text', async t => {
  const logprobs = [{token: 'a', bytes: [97], logprob: -1, top: [{token: 'b', bytes: [98], logprob: -2}]}];
  const {client, asked} = await asking(t, () => [
    {type: 'text-delta', candidate: 0, text: 'a', logprobs},
    ends(),
  ]);
  const response = await client.responses.create({
    model,
    input: 'hi',
    include: ['message.output_text.logprobs'],
    top_logprobs: 1,
  });
  const [item] = response.output;
  t.true(item?.type === 'message');
  t.like(item, {
    content: [
      {
        logprobs: [
          {token: 'a', bytes: [97], logprob: -1, top_logprobs: [{token: 'b', bytes: [98], logprob: -2}]},
        ],
      },
    ],
  });
  t.like(asked[0], {logprobs: {top: 1}});
});

test('structured output is requested and parsed', async t => {
  const {client, asked} = await asking(t, () => [says('{"answer":42}'), ends()]);
  const schema = {type: 'object', properties: {answer: {type: 'integer'}}};
  const response = await client.responses.parse({
    model,
    input: 'hi',
    text: {format: {type: 'json_schema', name: 'answer', schema, strict: true}},
  });
  t.is(response.output_text, '{"answer":42}');
  t.like(response.text?.format, {type: 'json_schema', name: 'answer'});
  t.like(asked[0], {output: {type: 'json-schema', schema}});
});

test('a tool call is returned, its result is sent back, and the answer follows', async t => {
  const {client, asked} = await asking(t, (_request, index) =>
    index === 0 ? [...calls('weather', ['{"city":"Oslo"}']), ends('tool-calls')] : [says('Rain.'), ends()],
  );
  const tools = [{type: 'function' as const, name: 'weather', parameters: {type: 'object'}, strict: false}];
  const first = await client.responses.create({model, input: 'Weather?', tools});
  const [call] = first.output;
  if (call?.type !== 'function_call') throw new Error('Expected a call');
  t.regex(call.call_id, /^call_/);
  const input = [
    {role: 'user' as const, content: 'Weather?'},
    ...(first.output as ResponseInputItem[]),
    {type: 'function_call_output' as const, call_id: call.call_id, output: '{"sky":"rain"}'},
  ];
  const spelledOut = await client.responses.create({model, input, tools});
  t.is(spelledOut.output_text, 'Rain.');
  const continued = await client.responses.create({
    model,
    previous_response_id: first.id,
    input: input.slice(2),
    tools,
  });
  t.is(continued.output_text, 'Rain.');
  t.is(continued.previous_response_id, first.id);
  t.is(asked.length, 2);
  t.like(asked[1], {
    turns: [
      {role: 'user', parts: [{type: 'text', text: 'Weather?'}]},
      {role: 'assistant', parts: [{type: 'tool-call', name: 'weather', arguments: {city: 'Oslo'}}]},
      {role: 'tool', parts: [{type: 'tool-result', value: {sky: 'rain'}}]},
    ],
  });
});

test('instructions apply to one request, and earlier turns are remembered', async t => {
  const {client, asked} = await asking(t, hello);
  const first = await client.responses.create({model, input: 'one', instructions: 'Be brief.'});
  const second = await client.responses.create({model, input: 'two', previous_response_id: first.id});
  await client.responses.create({model, input: 'three', previous_response_id: second.id});
  const said = (role: string, text: string) => ({role, parts: [{type: 'text', text}]});
  t.deepEqual(asked.map(request => (request.operation === 'chat' ? request.turns : [])) as unknown, [
    [said('system', 'Be brief.'), said('user', 'one')],
    [said('user', 'one'), said('assistant', 'Hello'), said('user', 'two')],
    [
      said('user', 'one'),
      said('assistant', 'Hello'),
      said('user', 'two'),
      said('assistant', 'Hello'),
      said('user', 'three'),
    ],
  ]);
});

test('an item can be sent by its id', async t => {
  const {client, asked} = await asking(t, hello);
  const first = await client.responses.create({model, input: 'one'});
  const [message] = first.output;
  const user = {role: 'user' as const, content: 'one'};
  const next = {role: 'user' as const, content: 'two'};
  await client.responses.create({model, input: [user, ...(first.output as ResponseInputItem[]), next]});
  await client.responses.create({
    model,
    input: [user, {type: 'item_reference', id: message?.id ?? ''}, next],
  });
  t.is(asked.length, 2);
  const error = await t.throwsAsync(
    client.responses.create({model, input: [{type: 'item_reference', id: 'msg_x'}]}),
    {instanceOf: NotFoundError},
  );
  t.like(error, {param: 'input'});
  t.regex(error?.message ?? '', /Item with id 'msg_x' not found/);
});

test('a response with store: false is not stored', async t => {
  const {client} = await asking(t, hello);
  const {id} = await client.responses.create({model, input: 'hi', store: false});
  await t.throwsAsync(client.responses.retrieve(id), {instanceOf: NotFoundError});
  const error = await t.throwsAsync(
    client.responses.create({model, input: 'and?', previous_response_id: id}),
    {instanceOf: BadRequestError},
  );
  t.like(error, {
    error: {
      message: `Previous response with id '${id}' not found.`,
      param: 'previous_response_id',
      code: 'previous_response_not_found',
    },
  });
});

test('a stored response can be fetched, unary or as a stream, and deleted', async t => {
  const {client} = await asking(t, hello);
  const response = await client.responses.create({model, input: 'hi'});
  t.deepEqual(await client.responses.retrieve(response.id), response);
  const types: string[] = [];
  const stream = await client.responses.retrieve(response.id, {stream: true, starting_after: 1});
  for await (const {type} of stream) types.push(type);
  t.is(types[0], 'response.output_item.added');
  t.is(types.at(-1), 'response.completed');
  await client.responses.delete(response.id);
  const error = await t.throwsAsync(client.responses.retrieve(response.id), {instanceOf: NotFoundError});
  t.like(error, {error: {message: `Response with id '${response.id}' not found.`}});
  await t.throwsAsync(client.responses.delete(response.id), {instanceOf: NotFoundError});
});

test('a replayed response has the same id and can be continued', async t => {
  const {upstream} = scriptedModel(hello);
  const recording = await buildProxy(t, {upstream});
  const first = await openaiClient(recording.url).responses.create({model, input: 'hi'});
  await openaiClient(recording.url).responses.create({model, input: 'on', previous_response_id: first.id});
  await recording.proxy.close();
  const replaying = await buildProxy(t, {cassette: recording.cassette, mode: 'replay'});
  const {responses} = openaiClient(replaying.url);
  const again = await responses.create({model, input: 'hi', stream: true});
  let id = '';
  for await (const event of again) if (event.type === 'response.completed') id = event.response.id;
  t.is(id, first.id);
  const next = await responses.create({model, input: 'on', previous_response_id: id});
  t.is(next.output_text, 'Hello');
});

test('a response that is already complete cannot be cancelled', async t => {
  const {client} = await asking(t, hello);
  const {id} = await client.responses.create({model, input: 'hi'});
  const error = await t.throwsAsync(client.responses.cancel(id), {instanceOf: BadRequestError});
  t.regex(error?.message ?? '', /Cannot cancel a synchronous response/);
});

test('the items of a request are listed in full, newest first, in pages', async t => {
  const {client} = await asking(t, hello);
  const first = await client.responses.create({model, input: 'one'});
  const {id} = await client.responses.create({
    model,
    previous_response_id: first.id,
    input: [{role: 'user', content: [{type: 'input_text', text: 'two'}]}],
  });
  const texts: string[] = [];
  const ids = new Set<string>();
  for await (const item of client.responses.inputItems.list(id, {limit: 2})) {
    ids.add(String(item.id));
    if (item.type === 'message') texts.push(`${item.role}: ${JSON.stringify(item.content)}`);
  }
  t.is(ids.size, 3);
  t.deepEqual(texts, [
    'user: [{"type":"input_text","text":"two"}]',
    'assistant: [{"type":"output_text","text":"Hello","annotations":[],"logprobs":[]}]',
    'user: [{"type":"input_text","text":"one"}]',
  ]);
});

test('an item sent by its id is listed in full, and outlives the response that it came from', async t => {
  const {client} = await asking(t, hello);
  const first = await client.responses.create({model, input: 'one'});
  const {id} = await client.responses.create({
    model,
    input: [
      {type: 'item_reference', id: first.output[0]?.id ?? ''},
      {role: 'user', content: 'two'},
    ],
  });
  await client.responses.delete(first.id);
  const {data} = await client.responses.inputItems.list(id, {order: 'asc'});
  t.like(data, [
    {type: 'message', role: 'assistant', status: 'completed'},
    {type: 'message', role: 'user'},
  ]);
  const next = await client.responses.create({model, input: 'three', previous_response_id: id});
  t.is(next.output_text, 'Hello');
});

test('the input tokens are counted', async t => {
  const {client, asked} = await asking(t, () => [{type: 'token-count', tokens: 12}, ends()]);
  const count = await client.responses.inputTokens.count({model, input: 'hi', instructions: 'Be brief.'});
  t.deepEqual(count, {object: 'response.input_tokens', input_tokens: 12});
  t.deepEqual(asked, [
    {
      operation: 'count-tokens',
      turns: [
        {role: 'system', parts: [{type: 'text', text: 'Be brief.'}]},
        {role: 'user', parts: [{type: 'text', text: 'hi'}]},
      ],
    },
  ]);
});

test('tools that the provider runs are part of the key, and a warning says that they were not used', async t => {
  const {client, asked} = await asking(t, hello);
  const question = {model, input: 'hi', tools: [{type: 'web_search' as const}]};
  const {response} = await client.responses.create(question).withResponse();
  t.is(
    response.headers.get('x-retake-warning'),
    "The tool 'web_search' is one that the provider runs: it was not used.",
  );
  t.like(asked[0], {serverTools: [{type: 'web_search'}]});
  await client.responses.create({model, input: 'hi'});
  t.is(asked.length, 2);
});

test('an interrupted stream ends with an error', async t => {
  const {client} = await asking(t, () => {
    return [says('Hel'), {type: 'tool-call-delta', candidate: 0, call: 7, text: 'x'}];
  });
  const types: string[] = [];
  const error = await t.throwsAsync(async () => {
    const stream = await client.responses.create({model, input: 'hi', stream: true});
    for await (const {type} of stream) types.push(type);
  });
  t.true(types.includes('response.output_text.delta'));
  t.like(error, {code: 'internal'});
});
