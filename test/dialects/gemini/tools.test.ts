import test from 'ava';
import type {AnswerChunk} from '../../../src/chat/chunk.js';
import type {JsonObject, JsonValue} from '../../../src/chat/json.js';
import {parseJson} from '../../../src/chat/json.js';
import {asChat} from '../../support/dialects.js';
import {ask, encodeEvents, identity, refusalOf, streamOf} from './ask.js';

const weather = {name: 'get_weather', parameters: {type: 'OBJECT', properties: {city: {type: 'STRING'}}}};
const clock = {
  name: 'get_time',
  parametersJsonSchema: {type: 'object', properties: {zone: {type: 'string'}}},
};

function withTools(fields: JsonObject): JsonObject {
  return {contents: [{parts: [{text: 'Hi'}]}], tools: [{functionDeclarations: [weather, clock]}], ...fields};
}

function choosing(functionCallingConfig: JsonValue): JsonObject {
  return withTools({toolConfig: {functionCallingConfig}});
}

test('function declarations of both forms become tools with JSON schemas', t => {
  t.deepEqual(asChat(ask(withTools({})).request).tools, [
    {name: 'get_weather', parameters: {type: 'object', properties: {city: {type: 'string'}}}},
    {name: 'get_time', parameters: {type: 'object', properties: {zone: {type: 'string'}}}},
  ]);
});

const choices = test.macro({
  exec(t, config: JsonValue, choice: unknown) {
    t.deepEqual(asChat(ask(choosing(config)).request).toolChoice, choice);
  },
  title: (_title, config) => `the tool choice ${JSON.stringify(config)} is translated`,
});
test(choices, {mode: 'AUTO'}, undefined);
test(choices, {}, undefined);
test(choices, {mode: 'none'}, {type: 'none'});
test(choices, {mode: 'ANY'}, {type: 'required'});
test(choices, {mode: 'ANY', allowed_function_names: ['get_time']}, {type: 'required', allowed: ['get_time']});
test(
  choices,
  {mode: 'VALIDATED', allowedFunctionNames: ['get_time']},
  {type: 'validated', allowed: ['get_time']},
);

test('an invalid tool choice is refused with its place', t => {
  const field = 'tool_config.function_calling_config';
  const names = `${field}.allowed_function_names`;
  t.is(refusalOf(choosing({mode: 'AUTO', allowedFunctionNames: ['get_time']})).field, names);
  t.is(refusalOf(choosing({mode: 'ANY', allowedFunctionNames: ['get_tme']})).field, names);
  const search = {...choosing({mode: 'ANY'}), tools: [{googleSearch: {}}]};
  t.is(refusalOf(search).field, `${field}.mode`);
});

test('two functions with one name, or one with an invalid name, are refused', t => {
  t.regex(refusalOf(withTools({tools: [{functionDeclarations: [weather, weather]}]})).message, /Duplicate/);
  for (const name of ['', '1st', 'a b', 'x'.repeat(129)]) {
    const refusal = refusalOf(withTools({tools: [{functionDeclarations: [{name}]}]}));
    t.is(refusal.field, 'tools[0].function_declarations[0].name');
  }
});

test('an invalid schema is refused', t => {
  const declare = (fields: JsonObject) =>
    refusalOf(withTools({tools: [{functionDeclarations: [{name: 'f', ...fields}]}]})).field;
  const field = 'tools[0].function_declarations[0].parameters_json_schema';
  for (const parametersJsonSchema of ['object', 3, [], true]) t.is(declare({parametersJsonSchema}), field);
  t.is(declare({parameters: {type: 'OBJECT'}, parametersJsonSchema: {type: 'object'}}), field);
});

test('more functions than the API allows are refused', t => {
  const functionDeclarations = Array.from({length: 512}, (_, index) => ({name: `f${index}`}));
  t.is(asChat(ask(withTools({tools: [{functionDeclarations}]})).request).tools?.length, 512);
  const tools = [{functionDeclarations}, {functionDeclarations: [{name: 'g'}]}];
  t.regex(refusalOf(withTools({tools})).message, /at most 512 function declarations/);
});

test('Google-only features are part of the key, and a warning says that they are left out', t => {
  const {request, warnings} = ask(withTools({tools: [{googleSearch: {}}, {codeExecution: {}}]}));
  t.deepEqual(asChat(request).serverTools, [{googleSearch: {}}, {codeExecution: {}}]);
  t.regex(warnings?.join() ?? '', /googleSearch, codeExecution/);
  t.deepEqual(ask(withTools({})).warnings, []);
});

test('results are matched to tool calls by id, and without one by the order of calls to their function', t => {
  const call = (name: string, id?: string) => ({functionCall: {name, ...(id && {id})}});
  const result = (name: string, value: string, id?: string) => ({
    functionResponse: {name, response: {value}, ...(id && {id})},
  });
  const tied = (parts: readonly JsonValue[]) =>
    asChat(
      ask({
        contents: [
          {role: 'model', parts: [call('f'), call('f'), call('g', 'x'), call('f', 'y')]},
          {parts: [...parts, ...Array.from({length: 4 - parts.length}, () => result('other', ''))]},
        ],
      }).request,
    )
      .turns.at(-1)
      ?.parts.slice(0, parts.length)
      .map(part => (part.type === 'tool-result' ? [part.call, part.value] : undefined));
  t.deepEqual(tied([result('f', 'a'), result('f', 'b')]), [
    ['1', {value: 'a'}],
    ['2', {value: 'b'}],
  ]);
  t.deepEqual(tied([result('f', 'a', 'y'), result('g', 'b', 'x'), result('f', 'c')]), [
    ['4', {value: 'a'}],
    ['3', {value: 'b'}],
    ['1', {value: 'c'}],
  ]);
  t.deepEqual(tied([result('h', 'a'), result('h', 'b')])?.at(0), ['stray-1', {value: 'a'}]);
});

test('results become separate turns, in their order', t => {
  const {turns} = asChat(
    ask({
      contents: [
        {role: 'model', parts: [{functionCall: {name: 'f'}}]},
        {parts: [{text: 'a'}, {functionResponse: {name: 'f', response: {}}}, {text: 'b'}]},
      ],
    }).request,
  );
  t.deepEqual(
    turns.map(({role}) => role),
    ['assistant', 'user', 'tool', 'user'],
  );
});

test('everything in a tool result reaches the model', t => {
  const functionResponse = {
    name: 'f',
    response: {},
    parts: [{inlineData: {mimeType: 'image/png', data: 'aGk'}}],
  };
  const [turn] = asChat(ask({contents: [{parts: [{functionResponse}]}]}).request).turns;
  const [part] = turn?.parts ?? [];
  t.like(part?.type === 'tool-result' ? part.content?.[0] : undefined, {
    type: 'attachment',
    declaredType: 'image/png',
    field: 'contents[0].parts[0].function_response.parts[0].inline_data',
  });
});

test('arguments keep the order of their members and every digit', t => {
  const args = '{"z":1,"a":12345678901234567890}';
  const body = parseJson(
    `{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":${args}}}]}]}`,
  );
  const [turn] = asChat(ask(body).request).turns;
  const [part] = turn?.parts ?? [];
  const given = part?.type === 'tool-call' ? part.arguments : {};
  t.deepEqual(Object.entries(given), [
    ['z', 1],
    ['a', 12345678901234567890n],
  ]);
});

const start: AnswerChunk = {type: 'reply-start', answeredBy: {model: 'm'}};
const end: AnswerChunk = {type: 'reply-end', finish: [{unified: 'tool-calls', raw: 'tool_calls'}]};
const begin = (call: number, name: string): AnswerChunk => ({
  type: 'tool-call-start',
  candidate: 0,
  call,
  name,
});
const piece = (call: number, text: string): AnswerChunk => ({
  type: 'tool-call-delta',
  candidate: 0,
  call,
  text,
});

const twoCalls: readonly AnswerChunk[] = [
  start,
  {type: 'text-delta', candidate: 0, text: 'Let me see.'},
  begin(0, 'f'),
  piece(0, '{ "z" : 1,\n "a b" : '),
  begin(1, 'g'),
  piece(1, ''),
  piece(0, '12345678901234567890 }'),
  end,
];
const wireCalls = [
  `{"functionCall":{"id":"call_${identity.id}_0_0","name":"f","args":{"z":1,"a b":12345678901234567890}}}`,
  `{"functionCall":{"id":"call_${identity.id}_0_1","name":"g","args":{}}}`,
].join(',');

test('tool calls are returned complete, with their exact arguments', async t => {
  const {answer} = ask(withTools({}), {model: 'gemini-3-pro-preview'});
  if (answer.delivery !== 'unary') throw new Error('Expected an answer in one piece');
  const body = await answer.encode(streamOf(twoCalls), identity);
  t.true(body.includes(`"parts":[{"text":"Let me see."},${wireCalls}]`), body);
  t.true(body.includes('"finishReason":"STOP"'));
});

test('streamed fragments of interleaved tool calls become one complete call each', async t => {
  const {answer} = ask(withTools({}), {
    endpoint: 'streamGenerateContent',
    query: 'alt=sse',
    model: 'gemini-3-pro-preview',
  });
  const events = await encodeEvents(answer, twoCalls);
  t.is(events.length, 2);
  t.true(events[1]?.includes(`"parts":[${wireCalls}]`), events[1]);
  t.regex(events[1] ?? '', /^data: [^\r\n]*\r\n\r\n$/);
});

for (const [model, path, hasIds] of [
  ['gemini-3-pro-preview', '/v1beta/models/m:generateContent', true],
  ['gemini-3.5-flash', '/v1/models/m:generateContent', true],
  ['gemini-flash-latest', '/v1beta/models/m:generateContent', true],
  ['gemini-2.5-flash', '/v1beta/models/m:generateContent', false],
  ['gemma-3-27b-it', '/v1beta/models/m:generateContent', false],
  ['gemini-3-pro-preview', '/v1/publishers/google/models/m:generateContent', false],
] as const) {
  test(`a tool call of ${model} at ${path} has ${hasIds ? 'an' : 'no'} id`, async t => {
    const {answer} = ask(withTools({}), {model, path});
    if (answer.delivery !== 'unary') throw new Error('Expected an answer in one piece');
    const body = await answer.encode(streamOf(twoCalls), identity);
    t.is(body.includes('"id":"call_'), hasIds, body);
  });
}

test('a tool call whose arguments are not an object is reported as malformed', async t => {
  for (const text of ['[1]', '{"a":', 'null']) {
    const {answer} = ask(withTools({}));
    if (answer.delivery !== 'unary') throw new Error('Expected an answer in one piece');
    const body = await answer.encode(streamOf([start, begin(0, 'f'), piece(0, text), end]), identity);
    const [candidate] = JSON.parse(body).candidates;
    t.is(candidate.finishReason, 'MALFORMED_FUNCTION_CALL');
    t.deepEqual(candidate.content.parts, [{text: ''}]);
  }
});
