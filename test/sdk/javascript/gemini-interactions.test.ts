import {readFile} from 'node:fs/promises';
import test from 'ava';
import type {ChatRequest} from '../../../src/chat/request.js';
import {buildProxy} from '../../support/build-proxy.js';
import {calls, ends, type ModelScript, says, scriptedModel, thinks} from '../../support/scripted-model.js';
import {scriptedUpstream} from '../../support/scripted-upstream.js';
import {geminiClient} from './clients.js';

const model = 'gemini-3.5-flash';

const getWeather = {
  type: 'function' as const,
  name: 'get_weather',
  description: 'Tells the weather.',
  parameters: {type: 'object', properties: {city: {type: 'string'}}, required: ['city']},
};

/** Calls the function if there is one, repeats its results, and counts the turns otherwise. */
const answering: ModelScript = request => {
  if (request.operation !== 'chat') throw new Error('Expected a chat');
  const results = request.turns.flatMap(({parts}) => parts.filter(part => part.type === 'tool-result'));
  if (results.length > 0) return [says(JSON.stringify(results.map(({value}) => value))), ends()];
  if (request.tools)
    return [...calls('get_weather', ['{"city":', '"Oslo", "days": 1.50}']), ends('tool-calls')];
  if (request.output) return [says('{"ok":true}'), ends()];
  return [thinks('Let me count.'), says(`${request.turns.length}`), says(' turns'), ends()];
};

async function asking(t: Parameters<typeof buildProxy>[0]) {
  const {upstream, asked} = scriptedModel(answering);
  const proxy = await buildProxy(t, {upstream});
  return {...proxy, asked: asked as readonly ChatRequest[], client: geminiClient(proxy.url)};
}

test('an interaction is created, continued, fetched and deleted', async t => {
  const {client, asked} = await asking(t);
  const first = await client.interactions.create({model, input: 'Hi'});
  t.is(first.output_text, '1 turns');
  t.like(first, {status: 'completed', model, usage: {total_input_tokens: 7}});
  t.regex(first.id, /^v1_[0-9a-f]{24}$/);
  t.regex(String(first.created), /^\d{4}-/);
  t.deepEqual(
    first.steps?.map(({type}) => type),
    ['model_output'],
  );
  const second = await client.interactions.create({model, input: 'And?', previous_interaction_id: first.id});
  t.is(second.output_text, '3 turns');
  t.is(second.previous_interaction_id, first.id);
  t.deepEqual(
    asked[1]?.turns.map(({role}) => role),
    ['user', 'assistant', 'user'],
  );
  const {input, ...fetched} = await client.interactions.get(first.id, {include_input: true});
  t.is(input, 'Hi');
  t.deepEqual(
    [fetched.steps, fetched.usage?.total_tokens, fetched.created, fetched.output_text],
    [first.steps, 10, first.created, '1 turns'],
  );
  await client.interactions.delete(first.id);
  await t.throwsAsync(client.interactions.get(first.id), {message: /Requested entity was not found/});
  await t.throwsAsync(client.interactions.create({model, input: 'x', previous_interaction_id: first.id}), {
    message: /Requested entity was not found/,
  });
  const hidden = await client.interactions.create({model, input: 'Do not keep it', store: false});
  await t.throwsAsync(client.interactions.get(hidden.id), {message: /Requested entity was not found/});
});

test('a streamed interaction has every event, and can be streamed again from any of them', async t => {
  const {client} = await asking(t);
  const params = {model, input: 'Hi', generation_config: {thinking_summaries: 'auto' as const}};
  const stream = await client.interactions.create({...params, stream: true});
  const events = [];
  for await (const event of stream) events.push(event);
  t.deepEqual(
    events.map(event => ('index' in event ? `${event.event_type} ${event.index}` : event.event_type)),
    [
      'interaction.created',
      'interaction.status_update',
      'step.start 0',
      'step.delta 0',
      'step.stop 0',
      'step.start 1',
      'step.delta 1',
      'step.delta 1',
      'step.stop 1',
      'interaction.completed',
    ],
  );
  t.like(events[3], {delta: {type: 'thought_summary', content: {type: 'text', text: 'Let me count.'}}});
  t.like(events[6], {delta: {type: 'text', text: '1'}});
  t.like(events[9], {interaction: {status: 'completed', model, usage: {total_input_tokens: 7}}});
  const id = events[0]?.event_type === 'interaction.created' ? events[0].interaction.id : '';
  const again = [];
  const resumed = await client.interactions.get(id, {stream: true, last_event_id: events[6]?.event_id ?? ''});
  for await (const event of resumed) again.push(event);
  t.deepEqual(again, events.slice(7));
  const whole = await client.interactions.create(params);
  t.is(whole.id, id);
  t.deepEqual(
    whole.steps?.map(({type}) => type),
    ['thought', 'model_output'],
  );
});

for (const isStateful of [true, false]) {
  test(`functions are called, and get their results: ${isStateful ? 'stored' : 'stateless'}`, async t => {
    const {client, asked} = await asking(t);
    const question = {type: 'user_input' as const, content: [{type: 'text' as const, text: 'Weather?'}]};
    const first = await client.interactions.create({
      model,
      input: [question],
      tools: [getWeather],
      store: isStateful,
    });
    t.is(first.status, 'requires_action');
    const [call] = first.steps ?? [];
    if (call?.type !== 'function_call') throw new Error('Expected a call');
    t.like(call, {name: 'get_weather', arguments: {city: 'Oslo', days: 1.5}});
    const result = {
      type: 'function_result' as const,
      call_id: call.id,
      name: call.name,
      result: [{type: 'text' as const, text: 'clear'}],
    };
    const second = await client.interactions.create({
      model,
      tools: [getWeather],
      ...(isStateful
        ? {input: [result], previous_interaction_id: first.id}
        : {input: [question, ...(first.steps ?? []), result], store: false}),
    });
    t.is(second.output_text, '[{"result":"clear"}]');
    t.deepEqual(
      asked[1]?.turns.map(({role}) => role),
      ['user', 'assistant', 'tool'],
    );
  });
}

test('what an interaction refers to has to exist', async t => {
  const {client, asked} = await asking(t);
  const called = await client.interactions.create({model, input: 'Weather?', tools: [getWeather]});
  const [call] = called.steps ?? [];
  if (call?.type !== 'function_call') throw new Error('Expected a call');
  const hidden = await client.interactions.create({model, input: 'Hi', store: false});
  const deleted = await client.interactions.create({model, input: 'Hello'});
  await client.interactions.delete(deleted.id);
  const count = asked.length;
  const result = (id: string) => ({
    type: 'function_result' as const,
    call_id: id,
    name: 'get_weather',
    result: 'clear',
  });
  const unknownCall =
    /input\[0\]\.call_id.*no function_call step of this conversation has the id \\*"call_never\\*"/;
  const {message} =
    (await t.throwsAsync(
      client.interactions.create({
        model,
        tools: [getWeather],
        previous_interaction_id: called.id,
        input: [result('call_never')],
      }),
    )) ?? {};
  t.regex(message ?? '', unknownCall);
  t.regex(message ?? '', /^400 |"code":400|INVALID_ARGUMENT/);
  const alone = client.interactions.create({model, tools: [getWeather], input: [result(call.id)]});
  await t.throwsAsync(alone, {message: /input\[0\]\.call_id/});
  const early = client.interactions.create({
    model,
    tools: [getWeather],
    input: [result('a'), {type: 'function_call', id: 'a', name: 'get_weather', arguments: {}}],
  });
  await t.throwsAsync(early, {message: /input\[0\]\.call_id/});
  for (const id of ['v1_000000000000000000000000', 'nonsense', hidden.id, deleted.id]) {
    const next = client.interactions.create({model, input: 'And?', previous_interaction_id: id});
    await t.throwsAsync(next, {message: /Requested entity was not found/}, id);
  }
  for (const id of [hidden.id, deleted.id]) {
    await t.throwsAsync(client.interactions.get(id), {message: /Requested entity was not found/});
    await t.throwsAsync(client.interactions.delete(id), {message: /Requested entity was not found/});
  }
  t.is(asked.length, count);
  const rest = await client.interactions.create({
    model,
    tools: [getWeather],
    previous_interaction_id: called.id,
    input: [result(call.id)],
  });
  t.is(rest.status, 'completed');
});

test('a streamed call has its arguments as text, with every digit', async t => {
  const {client} = await asking(t);
  const stream = await client.interactions.create({model, input: 'Hi', tools: [getWeather], stream: true});
  const events = [];
  for await (const event of stream) events.push(event);
  t.like(events[2], {step: {type: 'function_call', name: 'get_weather', arguments: {}}});
  t.like(events[3], {delta: {type: 'arguments_delta', arguments: '{"city":"Oslo","days":1.50}'}});
  t.like(events.at(-1), {interaction: {status: 'requires_action'}});
});

test('one question has one key through interactions and generateContent', async t => {
  const {client, asked} = await asking(t);
  const schema = {type: 'object', properties: {ok: {type: 'boolean'}}, required: ['ok']};
  const picture = (await readFile('test/sdk/picture.png')).toString('base64');
  const pairs = [
    () =>
      client.interactions.create({
        model,
        input: 'Hi',
        system_instruction: 'Be brief.',
        generation_config: {
          temperature: 0.5,
          top_p: 0.9,
          seed: 3,
          max_output_tokens: 50,
          stop_sequences: ['END'],
          thinking_level: 'low',
        },
      }),
    () =>
      client.models.generateContent({
        model,
        contents: 'Hi',
        config: {
          systemInstruction: 'Be brief.',
          temperature: 0.5,
          topP: 0.9,
          seed: 3,
          maxOutputTokens: 50,
          stopSequences: ['END'],
          thinkingConfig: {thinkingLevel: 'LOW' as never},
        },
      }),
    () =>
      client.interactions.create({
        model,
        input: 'JSON',
        response_format: {type: 'text', mime_type: 'application/json', schema},
      }),
    () =>
      client.models.generateContent({
        model,
        contents: 'JSON',
        config: {responseMimeType: 'application/json', responseJsonSchema: schema},
      }),
    () =>
      client.interactions.create({
        model,
        input: 'Weather?',
        tools: [getWeather],
        generation_config: {tool_choice: {allowed_tools: {mode: 'any', tools: ['get_weather']}}},
      }),
    () =>
      client.models.generateContent({
        model,
        contents: 'Weather?',
        config: {
          tools: [
            {
              functionDeclarations: [
                {
                  name: getWeather.name,
                  description: getWeather.description,
                  parametersJsonSchema: getWeather.parameters,
                },
              ],
            },
          ],
          toolConfig: {
            functionCallingConfig: {mode: 'ANY' as never, allowedFunctionNames: ['get_weather']},
          },
        },
      }),
    () =>
      client.interactions.create({
        model,
        input: [
          {type: 'text', text: 'Look'},
          {type: 'image', data: picture, mime_type: 'image/png'},
        ],
      }),
    () =>
      client.models.generateContent({
        model,
        contents: [
          {role: 'user', parts: [{text: 'Look'}, {inlineData: {data: picture, mimeType: 'image/png'}}]},
        ],
      }),
    async () => {
      const first = await client.interactions.create({model, input: 'One'});
      return client.interactions.create({model, input: 'Two', previous_interaction_id: first.id});
    },
    () =>
      client.models.generateContent({
        model,
        contents: [
          {role: 'user', parts: [{text: 'One'}]},
          {role: 'model', parts: [{text: '1 turns'}]},
          {role: 'user', parts: [{text: 'Two'}]},
        ],
      }),
  ];
  const counts: number[] = [];
  for (const ask of pairs) {
    await ask();
    counts.push(asked.length);
  }
  t.deepEqual(counts, [1, 1, 2, 2, 3, 3, 4, 4, 6, 6]);
});

test('what retake cannot do is refused, and Google’s tools are left out with a warning', async t => {
  const {client, post} = await asking(t);
  const refused: readonly (readonly [object, RegExp])[] = [
    [{agent: 'deep-research'}, /\* CreateInteractionRequest\.agent: retake does not support this field/],
    [
      {model, input: 'Hi', response_modalities: ['audio']},
      /\* CreateInteractionRequest\.response_modalities: retake does not support/,
    ],
    [
      {model, input: 'Hi', response_format: {type: 'image'}},
      /\* CreateInteractionRequest\.response_format: retake does not support/,
    ],
    [{input: 'Hi'}, /\* CreateInteractionRequest\.model: must be specified/],
    [{model}, /\* CreateInteractionRequest\.input: must be specified/],
    [{model, input: [{type: 'user_inputs'}]}, /input\[0\]\.type: is not the type of a step/],
    [{model, input: [{type: 'image'}]}, /input\[0\]: must have either data or uri/],
    [{model, input: 'Hi', generation_config: {tool_choice: 'all'}}, /tool_choice: must be one of auto, any/],
    [{model, input: 'Hi', generation_config: {temperature: 3}}, /generation_config\.temperature: /],
    [{model, inputs: 'Hi'}, /Unknown name .{1,2}inputs/],
    [{model: 'openai/gpt-5', input: 'Hi'}, /\.model: unexpected model name format/],
  ];
  for (const [body, message] of refused) {
    const response = await post('/v1/interactions', body);
    t.is(response.status, 400);
    t.regex(await response.text(), message);
  }
  const response = await post('/v1beta/interactions', {
    model,
    input: 'Hi',
    tools: [{type: 'google_search'}],
  });
  t.is(response.status, 200);
  t.regex(response.headers.get('x-retake-warning') ?? '', /googleSearch/);
  const created = await client.interactions.create({model, input: 'Hi', background: true});
  await t.throwsAsync(client.interactions.cancel(created.id), {message: /run in the background/});
});

test('a broken schema is refused with the name of its field in an interaction', async t => {
  const upstream = await scriptedUpstream(t);
  const {post} = await buildProxy(t, {upstream: {url: upstream.url}});
  const schema = {type: 'object', properties: {a: {type: 'string', pattern: '(['}}};
  const place = "\\.properties\\[a\\]: '\\(\\[' is not a 'regex'";
  const format = {type: 'text', mime_type: 'application/json', schema};
  const refused: readonly (readonly [object, string])[] = [
    [{response_format: format}, 'response_format\\.schema'],
    [{response_format: [format]}, 'response_format\\[0\\]\\.schema'],
    [{response_mime_type: 'application/json', response_format: schema}, 'response_format'],
    [{tools: [getWeather, {type: 'function', name: 'f', parameters: schema}]}, 'tools\\[1\\]\\.parameters'],
  ];
  for (const [members, field] of refused) {
    const response = await post('/v1beta/interactions', {model, input: 'Hi', ...members});
    t.is(response.status, 400);
    const {error} = JSON.parse(await response.text());
    t.regex(error.message, new RegExp(`^\\* CreateInteractionRequest\\.${field}${place}`));
  }
  t.is(upstream.requests.length, 0);
});

test('a recorded chain of interactions replays in another process, where nothing is in memory', async t => {
  const {upstream} = scriptedModel(answering);
  const recording = await buildProxy(t, {upstream});
  const chain = async (url: string) => {
    const {interactions} = geminiClient(url);
    const first = await interactions.create({model, input: 'Hi'});
    const second = await interactions.create({model, input: 'And?', previous_interaction_id: first.id});
    return [first.id, second.id, second.output_text];
  };
  const recorded = await chain(recording.url);
  await recording.proxy.close();
  const replaying = await buildProxy(t, {mode: 'replay', cassette: recording.cassette});
  t.deepEqual(await chain(replaying.url), recorded);
});
