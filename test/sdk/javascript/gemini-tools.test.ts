import {type CallableTool, FunctionCallingConfigMode, type Part, Type} from '@google/genai';
import test from 'ava';
import type {ChatRequest} from '../../../src/chat/request.js';
import {buildProxy} from '../../support/build-proxy.js';
import {calls, ends, type ModelScript, says, scriptedModel} from '../../support/scripted-model.js';
import {geminiClient, openaiClient} from './clients.js';

const model = 'gemini-2.5-flash';

const getWeather = {
  name: 'get_weather',
  description: 'Tells the weather.',
  parameters: {type: Type.OBJECT, properties: {city: {type: Type.STRING}}, required: ['city']},
};
const tools = [{functionDeclarations: [getWeather]}];

/** Calls the function for two cities at once, and then repeats the results. */
const forecasting: ModelScript = request => {
  if (request.operation !== 'chat') throw new Error('Expected a chat');
  const results = request.turns.flatMap(({parts}) => parts.filter(part => part.type === 'tool-result'));
  if (results.length === 0) {
    return [
      ...calls('get_weather', ['{"city":', '"Oslo"}'], 0),
      ...calls('get_weather', ['{"city":"Rome"}'], 1),
      ends('tool-calls'),
    ];
  }
  return [says(`Got ${JSON.stringify(results.map(result => result.value))}`), ends()];
};

async function asking(t: Parameters<typeof buildProxy>[0]) {
  const {upstream, asked} = scriptedModel(forecasting);
  const proxy = await buildProxy(t, {upstream});
  const chats = asked as readonly ChatRequest[];
  return {...proxy, asked: chats, client: geminiClient(proxy.url)};
}

const forecast = 'Got [{"sky":"clear in Oslo"},{"sky":"clear in Rome"}]';
const resultOf = (city: unknown) => ({sky: `clear in ${city}`});

test('a loop of tool calls and results ends in an answer, unary and streamed, live and replayed', async t => {
  const {client, asked} = await asking(t);
  const ids: (string | undefined)[][] = [];
  for (const streams of [false, true, false]) {
    // Google sends ids of calls from Gemini 3 on.
    const chat = client.chats.create({model: 'gemini-3-flash-preview', config: {tools}});
    const say = async (message: string | Part[]) => {
      if (!streams) return [await chat.sendMessage({message})];
      const pieces = [];
      for await (const piece of await chat.sendMessageStream({message})) pieces.push(piece);
      return pieces;
    };
    const made = (await say('What is the weather?')).flatMap(({functionCalls}) => functionCalls ?? []);
    t.deepEqual(
      made.map(({name, args}) => [name, args]),
      [
        ['get_weather', {city: 'Oslo'}],
        ['get_weather', {city: 'Rome'}],
      ],
    );
    ids.push(made.map(({id}) => id));
    const results = made.map(({id, name, args}) => ({
      functionResponse: {...(id && {id}), ...(name && {name}), response: resultOf(args?.['city'])},
    }));
    const answered = await say(results);
    t.is(answered.map(({text}) => text ?? '').join(''), forecast);
  }
  t.is(asked.length, 2);
  t.deepEqual(ids[1], ids[0]);
  t.deepEqual(ids[2], ids[0]);
  t.is(new Set(ids[0]).size, 2);
});

test('results in another order, or without ids, have the same key', async t => {
  const {client, asked} = await asking(t);
  const question = {role: 'user', parts: [{text: 'What is the weather?'}]};
  const call = (city: string, id?: string): Part => ({
    functionCall: {name: 'get_weather', args: {city}, ...(id && {id})},
  });
  const result = (city: string, id?: string): Part => ({
    functionResponse: {name: 'get_weather', response: resultOf(city), ...(id && {id})},
  });
  const histories: readonly (readonly [readonly Part[], readonly Part[]])[] = [
    [
      [call('Oslo'), call('Rome')],
      [result('Oslo'), result('Rome')],
    ],
    [
      [call('Oslo', 'x'), call('Rome', 'y')],
      [result('Rome', 'y'), result('Oslo', 'x')],
    ],
  ];
  for (const [made, results] of histories) {
    const contents = [question, {role: 'model', parts: [...made]}, {role: 'user', parts: [...results]}];
    const reply = await client.models.generateContent({model, contents, config: {tools}});
    t.is(reply.text, forecast);
  }
  t.is(asked.length, 1);
});

test('the client’s automatic function calls are made and answered', async t => {
  const {client, asked} = await asking(t);
  const cities: unknown[] = [];
  const tool: CallableTool = {
    tool: async () => ({functionDeclarations: [getWeather]}),
    callTool: async made =>
      made.map(({id, name = '', args}) => {
        cities.push(args?.['city']);
        return {functionResponse: {...(id && {id}), name, response: resultOf(args?.['city'])}};
      }),
  };
  const reply = await client.models.generateContent({
    model,
    contents: 'What is the weather?',
    config: {tools: [tool]},
  });
  t.is(reply.text, forecast);
  t.deepEqual(cities, ['Oslo', 'Rome']);
  t.is(asked.length, 2);
});

test('a forced tool choice reaches the model, and equals OpenAI’s named choice', async t => {
  const {client, asked, url} = await asking(t);
  const reply = await client.models.generateContent({
    model,
    contents: 'What is the weather?',
    config: {
      tools,
      toolConfig: {
        functionCallingConfig: {mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['get_weather']},
      },
    },
  });
  t.is(reply.functionCalls?.length, 2);
  t.is(reply.candidates?.[0]?.finishReason as string | undefined, 'STOP');
  t.deepEqual(asked[0]?.toolChoice, {type: 'required', allowed: ['get_weather']});
  const completion = await openaiClient(url).chat.completions.create({
    model,
    messages: [{role: 'user', content: 'What is the weather?'}],
    tools: [
      {
        type: 'function',
        function: {
          name: 'get_weather',
          description: 'Tells the weather.',
          parameters: {type: 'object', properties: {city: {type: 'string'}}, required: ['city']},
        },
      },
    ],
    tool_choice: {type: 'function', function: {name: 'get_weather'}},
  });
  t.is(completion.choices[0]?.finish_reason, 'tool_calls');
  t.is(completion.choices[0]?.message.tool_calls?.length, 2);
  t.is(asked.length, 1);
});

test('a tool that only Google runs causes a warning', async t => {
  const {url, post} = await asking(t);
  const response = await post(`/v1beta/models/${model}:generateContent`, {
    contents: [{parts: [{text: 'What is the weather?'}]}],
    tools: [{googleSearch: {}}],
  });
  t.is(response.status, 200, url);
  t.regex(response.headers.get('x-retake-warning') ?? '', /googleSearch/);
});
