import test from 'ava';
import type {
  ChatCompletionMessageParam,
  ChatCompletionTool,
  ChatCompletionToolChoiceOption,
} from 'openai/resources/chat/completions';
import {openaiClient} from '../../../sdk/javascript/clients.js';
import {buildProxy} from '../../../support/build-proxy.js';
import {calls, ends, type ModelScript, scriptedModel} from '../../../support/scripted-model.js';

const model = 'gpt-5.1';
const patch = '*** Begin Patch\n+hi "there" \\ 😀\n*** End Patch';
const applyPatch: ChatCompletionTool = {
  type: 'custom',
  custom: {
    name: 'apply_patch',
    description: 'Edits files.',
    format: {type: 'grammar', grammar: {syntax: 'lark', definition: 'start: "*** Begin Patch" /.*/'}},
  },
};
const year: ChatCompletionTool = {
  type: 'custom',
  custom: {name: 'year', format: {type: 'grammar', grammar: {syntax: 'regex', definition: '^\\d{4}$'}}},
};
const find: ChatCompletionTool = {
  type: 'function',
  function: {name: 'find', parameters: {type: 'object', properties: {id: {type: 'integer'}}}},
};
const tools = [applyPatch, find, year];
const messages: ChatCompletionMessageParam[] = [{role: 'user', content: 'Edit'}];
const text = JSON.stringify({input: patch});
const callsTwo: ModelScript = () => [
  ...calls('apply_patch', [text.slice(0, 9), text.slice(9)]),
  ...calls('find', ['{"id":7}'], 1),
  ends('tool-calls'),
];

async function asking(t: Parameters<typeof buildProxy>[0], script: ModelScript = callsTwo) {
  const {upstream, asked} = scriptedModel(script);
  const {url, post} = await buildProxy(t, {upstream});
  return {asked, post, client: openaiClient(url)};
}

test('a call of a custom tool comes back with its text, unary and streamed', async t => {
  const {client, asked} = await asking(t);
  const whole = await client.chat.completions.create({model, messages, tools, store: true});
  const [choice] = whole.choices;
  const suffix = whole.id.slice('chatcmpl-'.length);
  const expected = [
    {id: `call_${suffix}_0_0`, type: 'custom', custom: {name: 'apply_patch', input: patch}},
    {id: `call_${suffix}_0_1`, type: 'function', function: {name: 'find', arguments: '{"id":7}'}},
  ];
  t.deepEqual(choice?.message.tool_calls as unknown, expected);
  t.is(choice?.finish_reason, 'tool_calls');
  const stored = await client.chat.completions.retrieve(whole.id);
  t.deepEqual(stored.choices[0]?.message.tool_calls as unknown, expected);

  const pieces: unknown[] = [];
  for await (const {choices} of await client.chat.completions.create({
    model,
    messages,
    tools,
    stream: true,
  })) {
    pieces.push(...(choices[0]?.delta.tool_calls ?? []));
  }
  t.deepEqual(pieces, [
    {index: 0, id: `call_${suffix}_0_0`, type: 'custom', custom: {name: 'apply_patch', input: ''}},
    {index: 1, id: `call_${suffix}_0_1`, type: 'function', function: {name: 'find', arguments: ''}},
    {index: 1, function: {arguments: '{"id":7}'}},
    {index: 0, custom: {input: patch}},
  ]);
  t.is(asked.length, 1);
});

test('the model gets a custom tool as a function, with its grammar', async t => {
  const {client, asked} = await asking(t);
  const choices: readonly ChatCompletionToolChoiceOption[] = [
    {type: 'custom', custom: {name: 'year'}},
    {
      type: 'allowed_tools',
      allowed_tools: {
        mode: 'auto',
        tools: [
          {type: 'custom', custom: {name: 'year'}},
          {type: 'function', function: {name: 'find'}},
        ],
      },
    },
  ];
  for (const tool_choice of choices)
    await client.chat.completions.create({model, messages, tools, tool_choice});
  const [forced, allowed] = asked;
  t.like(forced, {
    tools: [
      {
        name: 'apply_patch',
        description: 'Edits files.\n\nThe input must match this Lark grammar:\nstart: "*** Begin Patch" /.*/',
        parameters: {type: 'object', properties: {input: {type: 'string'}}, required: ['input']},
      },
      {name: 'find'},
      {name: 'year', parameters: {properties: {input: {type: 'string', pattern: '^([0-9]{4})$'}}}},
    ],
    toolChoice: {type: 'required', allowed: ['year']},
  });
  t.like(allowed, {toolChoice: {type: 'auto', allowed: ['find', 'year']}});
});

test('one recording serves chat completions and the Responses API, the call in the history included', async t => {
  const {client, asked} = await asking(t);
  const history: ChatCompletionMessageParam[] = [
    ...messages,
    {
      role: 'assistant',
      content: null,
      tool_calls: [{id: 'call_9', type: 'custom', custom: {name: 'apply_patch', input: patch}}],
    },
    {role: 'tool', tool_call_id: 'call_9', content: 'Done'},
  ];
  await client.chat.completions.create({model, messages: history, tools: [applyPatch]});
  const {output} = await client.responses.create({
    model,
    input: [
      {role: 'user', content: 'Edit'},
      {type: 'custom_tool_call', call_id: 'call_1', name: 'apply_patch', input: patch},
      {type: 'custom_tool_call_output', call_id: 'call_1', output: 'Done'},
    ],
    tools: [
      {
        type: 'custom',
        name: 'apply_patch',
        description: 'Edits files.',
        format: {type: 'grammar', syntax: 'lark', definition: 'start: "*** Begin Patch" /.*/'},
      },
    ],
  });
  t.like(output[0], {type: 'custom_tool_call', input: patch});
  t.is(asked.length, 1);
});
