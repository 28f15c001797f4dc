import test from 'ava';
import type OpenAI from 'openai';
import {BadRequestError} from 'openai';
import {openaiClient} from '../../sdk/javascript/clients.js';
import {buildProxy} from '../../support/build-proxy.js';
import {calls, ends, type ModelScript, says, scriptedModel} from '../../support/scripted-model.js';

const model = 'gpt-4o';
const messages = [{role: 'user' as const, content: 'Weather in Oslo and Rome?'}];
const weather = {
  type: 'function' as const,
  function: {
    name: 'weather',
    description: 'Tells the weather',
    parameters: {type: 'object', properties: {city: {type: 'string'}}, required: ['city']},
  },
};

async function asking(t: Parameters<typeof buildProxy>[0], script: ModelScript) {
  const {upstream, asked} = scriptedModel(script);
  const proxy = await buildProxy(t, {upstream});
  return {...proxy, asked, client: openaiClient(proxy.url)};
}

const twoCalls: ModelScript = () => [
  ...calls('weather', ['{"city"', ':"Oslo"}']),
  ...calls('weather', ['{"city":"Rome"}'], 1),
  ends('tool-calls'),
];

test('the client reads tool calls, unary and streamed, with the same ids', async t => {
  const {client, asked} = await asking(t, twoCalls);
  const question = {model, messages, tools: [weather]};
  const whole = await client.chat.completions.create(question);
  const [choice] = whole.choices;
  t.is(choice?.finish_reason, 'tool_calls');
  t.is(choice?.message.content, null);
  t.is(choice?.message.refusal, null);
  const told = choice?.message.tool_calls ?? [];
  t.deepEqual(
    told.map(call => call.type === 'function' && call.function),
    [
      {name: 'weather', arguments: '{"city":"Oslo"}'},
      {name: 'weather', arguments: '{"city":"Rome"}'},
    ],
  );
  t.true(told.every(({id}) => /^call_/.test(id)));
  t.is(new Set(told.map(({id}) => id)).size, 2);
  const gathered = await client.chat.completions.stream(question).finalChatCompletion();
  t.deepEqual(
    gathered.choices[0]?.message.tool_calls?.map(({id}) => id),
    told.map(({id}) => id),
  );
  t.is(asked.length, 1);
});

test('a stream sends the id, type and name of a tool call first, then its arguments', async t => {
  const {client} = await asking(t, twoCalls);
  const deltas: unknown[] = [];
  for await (const {choices} of await client.chat.completions.create({
    model,
    messages,
    tools: [weather],
    stream: true,
  })) {
    deltas.push(...(choices[0]?.delta.tool_calls ?? []));
  }
  t.like(deltas, [
    {index: 0, type: 'function', function: {name: 'weather', arguments: ''}},
    {index: 0, function: {arguments: '{"city"'}},
    {index: 0, function: {arguments: ':"Oslo"}'}},
    {index: 1, type: 'function', function: {name: 'weather', arguments: ''}},
    {index: 1, function: {arguments: '{"city":"Rome"}'}},
  ]);
});

test('the tool runner calls the functions until the model has its answer, live and replayed', async t => {
  const {client, url, cassette, proxy} = await asking(t, (request, index) =>
    index === 0 ? twoCalls(request, index) : [says('Rain and sun.'), ends()],
  );
  t.truthy(url);
  const run = async (openai: OpenAI, stream: boolean) => {
    const cities: string[] = [];
    const body = {
      model,
      messages,
      tools: [
        {
          type: 'function' as const,
          function: {
            ...weather.function,
            parse: JSON.parse,
            function: async ({city}: {city: string}) => {
              cities.push(city);
              return {city, sky: city === 'Oslo' ? 'rain' : 'sun'};
            },
          },
        },
      ],
    };
    const runner = stream
      ? openai.chat.completions.runTools({...body, stream: true})
      : openai.chat.completions.runTools(body);
    return {text: await runner.finalContent(), cities};
  };
  const expected = {text: 'Rain and sun.', cities: ['Oslo', 'Rome']};
  t.deepEqual(await run(client, false), expected);
  t.deepEqual(await run(client, true), expected);
  await proxy.close();
  const replaying = await buildProxy(t, {cassette, mode: 'replay'});
  t.deepEqual(await run(openaiClient(replaying.url), true), expected);
});

test('legacy function calls are answered in the legacy form, unary and streamed', async t => {
  const {client, asked} = await asking(t, () => [
    ...calls('weather', ['{"city":', '"Oslo"}']),
    ends('tool-calls'),
  ]);
  const question = {
    model,
    messages,
    functions: [weather.function],
    function_call: {name: 'weather'},
  };
  const {choices} = await client.chat.completions.create(question);
  t.is(choices[0]?.finish_reason, 'function_call');
  t.deepEqual(choices[0]?.message.function_call, {name: 'weather', arguments: '{"city":"Oslo"}'});
  t.is(choices[0]?.message.tool_calls, undefined);
  const gathered = await client.chat.completions.stream(question).finalChatCompletion();
  t.deepEqual(gathered.choices[0]?.message.function_call, {name: 'weather', arguments: '{"city":"Oslo"}'});
  t.like(asked[0], {toolChoice: {type: 'required', allowed: ['weather']}, parallelToolCalls: false});
});

test('a web search is part of the key, and a warning says that it was not done', async t => {
  const {client, asked} = await asking(t, () => [says('Hm.'), ends()]);
  const {response} = await client.chat.completions
    .create({model, messages, web_search_options: {search_context_size: 'low'}})
    .withResponse();
  t.regex(response.headers.get('x-retake-warning') ?? '', /'web_search_options'.*not used/);
  t.like(asked[0], {serverTools: [{web_search_options: {search_context_size: 'low'}}]});
});

const refuses = test.macro({
  async exec(t, fields: object, expected: object) {
    const {client, asked} = await asking(t, twoCalls);
    const error = await t.throwsAsync(
      client.chat.completions.create({model, messages, ...fields} as OpenAI.ChatCompletionCreateParams),
      {instanceOf: BadRequestError},
    );
    t.like(error?.error, expected);
    t.is(asked.length, 0);
  },
  title: (_, fields) => `${JSON.stringify(fields)} is refused`,
});

test(
  refuses,
  {tool_choice: 'auto'},
  {
    message: "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
    param: 'tool_choice',
  },
);
test(refuses, {tools: [{type: 'mcp'}]}, {param: 'tools[0].type'});
test(
  refuses,
  {tools: [weather], tool_choice: {type: 'function', function: {name: 'other'}}},
  {param: 'tool_choice'},
);
test(
  refuses,
  {messages: [...messages, {role: 'tool', tool_call_id: 'call_1', content: 'x'}]},
  {
    message:
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    param: 'messages[1].role',
  },
);
test(
  refuses,
  {
    messages: [
      ...messages,
      {
        role: 'assistant',
        tool_calls: [{id: 'call_1', type: 'function', function: {name: 'weather', arguments: '{}'}}],
      },
      ...messages,
    ],
  },
  {param: 'messages'},
);
