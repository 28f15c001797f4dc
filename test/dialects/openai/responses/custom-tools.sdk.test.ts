import test from 'ava';
import type {ResponseInputItem, ResponseStreamEvent, Tool} from 'openai/resources/responses/responses';
import {openaiClient} from '../../../sdk/javascript/clients.js';
import {buildProxy} from '../../../support/build-proxy.js';
import {calls, ends, type ModelScript, says, scriptedModel} from '../../../support/scripted-model.js';

const model = 'gpt-5.1-codex';

async function asking(t: Parameters<typeof buildProxy>[0], script: ModelScript) {
  const {upstream, asked} = scriptedModel(script);
  const proxy = await buildProxy(t, {upstream});
  return {...proxy, asked, client: openaiClient(proxy.url)};
}

const patch = '*** Begin Patch\n*** Add File: "a".txt\n+hi \\ there\n*** End Patch';
const applyPatch: Tool = {
  type: 'custom',
  name: 'apply_patch',
  description: 'Edits files.',
  format: {type: 'grammar', syntax: 'lark', definition: 'start: "*** Begin Patch" /.*/'},
};
const crm: Tool = {
  type: 'namespace',
  name: 'crm',
  description: 'Customers.',
  tools: [
    {type: 'function', name: 'find', parameters: {type: 'object', properties: {id: {type: 'integer'}}}},
    {type: 'custom', name: 'query', description: 'Runs SQL.'},
  ],
};

const callsAll: ModelScript = () => [
  says('Now.'),
  ...calls('apply_patch', [
    JSON.stringify({input: patch}).slice(0, 9),
    JSON.stringify({input: patch}).slice(9),
  ]),
  ...calls('crm__find', ['{"id":7}'], 1),
  ...calls('crm__query', ['{"input":"SELECT 1"}'], 2),
  ends('tool-calls'),
];

test('the model gets custom tools and namespaces as functions, and its calls come back as what they are', async t => {
  const {client, asked} = await asking(t, callsAll);
  const response = await client.responses.create({model, input: 'Edit', tools: [applyPatch, crm]});
  const [request] = asked;
  t.true(request?.operation === 'chat');
  const input = {
    type: 'object',
    properties: {input: {type: 'string'}},
    required: ['input'],
  };
  t.like(request, {
    tools: [
      {
        name: 'apply_patch',
        description: 'Edits files.\n\nThe input must match this Lark grammar:\nstart: "*** Begin Patch" /.*/',
        parameters: input,
      },
      {name: 'crm__find', description: 'Customers.'},
      {name: 'crm__query', description: 'Customers.\n\nRuns SQL.', parameters: input},
    ],
  });
  const suffix = response.id.slice('resp_'.length);
  t.deepEqual(response.output.slice(1), [
    {
      id: `ctc_${suffix}_1`,
      status: 'completed',
      call_id: `call_${suffix}_0_0`,
      name: 'apply_patch',
      type: 'custom_tool_call',
      input: patch,
    },
    {
      id: `fc_${suffix}_2`,
      status: 'completed',
      call_id: `call_${suffix}_0_1`,
      name: 'find',
      namespace: 'crm',
      type: 'function_call',
      arguments: '{"id":7}',
    },
    {
      id: `ctc_${suffix}_3`,
      status: 'completed',
      call_id: `call_${suffix}_0_2`,
      name: 'query',
      namespace: 'crm',
      type: 'custom_tool_call',
      input: 'SELECT 1',
    },
  ] as never);
});

test('a stream has the events of custom calls, and ends with the unary response', async t => {
  const {client, asked} = await asking(t, callsAll);
  const question = {model, input: 'Edit', tools: [applyPatch, crm]};
  const events: ResponseStreamEvent[] = [];
  for await (const event of await client.responses.create({...question, stream: true})) events.push(event);
  t.deepEqual(
    events.flatMap(event => (event.type.includes('call') ? [event.type.replace('response.', '')] : [])),
    [
      'function_call_arguments.delta',
      'custom_tool_call_input.delta',
      'custom_tool_call_input.done',
      'function_call_arguments.done',
      'custom_tool_call_input.delta',
      'custom_tool_call_input.done',
    ],
  );
  const done = events.find(event => event.type === 'response.custom_tool_call_input.done');
  t.like(done, {input: patch, output_index: 1});
  const last = events.at(-1);
  const whole = await client.responses.create(question);
  t.true(last?.type === 'response.completed');
  t.like(last, {response: {id: whole.id, output: JSON.parse(JSON.stringify(whole.output))}});
  t.is(asked.length, 1);
  // A stored response is written in the same form.
  t.deepEqual((await client.responses.retrieve(whole.id)).output, whole.output);
});

test('the results of such calls continue the conversation, as items and by the id of the response', async t => {
  const {client, asked} = await asking(t, (_request, index) =>
    index === 0 ? callsAll(_request, index) : [says('Done.'), ends()],
  );
  const tools = [applyPatch, crm];
  const first = await client.responses.create({model, input: 'Edit', tools});
  const results: ResponseInputItem[] = first.output.flatMap((item): ResponseInputItem[] => {
    if (item.type === 'custom_tool_call') {
      return [{type: 'custom_tool_call_output', call_id: item.call_id, output: `ran ${item.name}`}];
    }
    if (item.type !== 'function_call') return [];
    return [{type: 'function_call_output', call_id: item.call_id, output: `ran ${item.name}`}];
  });
  const continued = await client.responses.create({
    model,
    tools,
    previous_response_id: first.id,
    input: results,
  });
  t.is(continued.output_text, 'Done.');
  const history = [{role: 'user' as const, content: 'Edit'}, ...first.output, ...results];
  const whole = await client.responses.create({model, tools, input: history as ResponseInputItem[]});
  t.is(whole.output_text, 'Done.');
  t.is(asked.length, 2);
  const [, request] = asked;
  t.true(request?.operation === 'chat');
  t.like(request, {
    turns: [
      {role: 'user'},
      {
        role: 'assistant',
        parts: [
          {type: 'text'},
          {type: 'tool-call', name: 'apply_patch', arguments: {input: patch}},
          {type: 'tool-call', name: 'crm__find', arguments: {id: 7}},
          {type: 'tool-call', name: 'crm__query', arguments: {input: 'SELECT 1'}},
        ],
      },
      {role: 'tool', parts: [{value: 'ran apply_patch'}, {value: 'ran find'}, {value: 'ran query'}]},
    ],
  });
});

test('tools and settings that come as items of the conversation count for its answers', async t => {
  const {client, asked} = await asking(t, () => [
    ...calls('apply_patch', ['{"input":"x"}']),
    ends('tool-calls'),
  ]);
  const find = {
    type: 'function' as const,
    name: 'find',
    description: 'Old.',
    parameters: {type: 'object', properties: {id: {type: 'integer'}}},
    strict: false,
  };
  const schema = {type: 'object', properties: {a: {type: 'string'}}};
  const input: ResponseInputItem[] = [
    {type: 'additional_tools', role: 'developer', tools: [applyPatch]},
    {type: 'configuration_update', reasoning: {effort: 'high'}},
    {role: 'user', content: 'Edit'},
    {type: 'additional_tools', role: 'developer', tools: [{...find, description: 'New.'}]},
    {
      type: 'configuration_update',
      reasoning: {effort: 'low'},
      text: {format: {type: 'json_schema', name: 'x', schema}},
    },
  ];
  const response = await client.responses.create({
    model,
    input,
    tools: [find],
    reasoning: {effort: 'medium'},
  });
  t.like(response.output[0], {type: 'custom_tool_call', name: 'apply_patch', input: 'x'});
  const [request] = asked;
  t.true(request?.operation === 'chat');
  t.like(request, {
    turns: [{role: 'user'}],
    tools: [{name: 'find', description: 'New.'}, {name: 'apply_patch'}],
    reasoning: {effort: 'low'},
    output: {type: 'json-schema', schema},
  });
  const {input_tokens: tokens} = await client.responses.inputTokens
    .count({model, input, tools: [find]})
    .catch(error => ({input_tokens: error.status}));
  t.truthy(tokens);
});

test('a request of Codex replays with other metadata', async t => {
  const {post, asked} = await asking(t, () => [says('Hi.'), ends()]);
  const turn = (id: string) => ({
    model,
    instructions: 'You are Codex.',
    input: [
      {
        type: 'message',
        role: 'user',
        content: [{type: 'input_text', text: 'hi'}],
        internal_chat_message_metadata_passthrough: {turn_id: id},
      },
      {
        type: 'custom_tool_call',
        call_id: `call_${id}`,
        name: 'apply_patch',
        input: 'x',
        status: 'completed',
        internal_chat_message_metadata_passthrough: {turn_id: id},
      },
      {
        type: 'custom_tool_call_output',
        call_id: `call_${id}`,
        output: 'ok',
        internal_chat_message_metadata_passthrough: {turn_id: id},
      },
    ],
    tools: [applyPatch, {type: 'web_search', external_web_access: false}],
    tool_choice: 'auto',
    parallel_tool_calls: false,
    reasoning: {effort: 'medium', summary: 'auto'},
    store: false,
    stream: true,
    include: ['reasoning.encrypted_content'],
    prompt_cache_key: id,
    client_metadata: {'x-codex-turn-metadata': `{"turn_id":"${id}"}`},
  });
  for (const id of ['1', '2']) {
    const response = await post('/v1/responses', turn(id));
    t.is(response.status, 200, await response.clone().text());
    t.regex(await response.text(), /"Hi\."/);
  }
  t.is(asked.length, 1);
});
