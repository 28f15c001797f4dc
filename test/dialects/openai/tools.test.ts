import test from 'ava';
import type {AnswerChunk} from '../../../src/chat/chunk.js';
import type {JsonObject, JsonValue} from '../../../src/chat/json.js';
import {asChat} from '../../support/dialects.js';
import {identity, streamOf} from '../gemini/ask.js';
import {bodyWith, decode, decodeFields, decodeMessages, refusalOf} from './decode-body.js';

const parameters = {type: 'object', properties: {city: {type: 'string'}}};
const tools = [
  {type: 'function', function: {name: 'get_weather', description: 'Weather', parameters, strict: true}},
  {type: 'function', function: {name: 'get_time'}},
];
const named = (name: string) => ({type: 'function', function: {name}});

test('functions become tools', t => {
  t.deepEqual(decodeFields({tools}).tools, [
    {name: 'get_weather', description: 'Weather', parameters, strict: true},
    {name: 'get_time'},
  ]);
});

const choices = test.macro({
  exec(t, choice: JsonValue, expected: unknown) {
    t.deepEqual(decodeFields({tools, tool_choice: choice}).toolChoice, expected);
  },
  title: (_title, choice) => `the tool choice ${JSON.stringify(choice)} is translated`,
});
test(choices, 'auto', undefined);
test(choices, 'none', {type: 'none'});
test(choices, 'required', {type: 'required'});
test(choices, named('get_time'), {type: 'required', allowed: ['get_time']});
test(
  choices,
  {type: 'allowed_tools', allowed_tools: {mode: 'auto', tools: [named('get_time')]}},
  {type: 'auto', allowed: ['get_time']},
);

const refused = test.macro({
  exec(t, fields: JsonObject, param: string) {
    t.like(refusalOf(bodyWith(fields)), {status: 400, error: {type: 'invalid_request_error', param}});
  },
  title: (_title, fields) => `${JSON.stringify(fields)} is refused`,
});
test(refused, {tool_choice: 'auto'}, 'tool_choice');
test(refused, {parallel_tool_calls: false}, 'parallel_tool_calls');
test(refused, {function_call: 'auto'}, 'function_call');
test(refused, {tools, tool_choice: named('get_tme')}, 'tool_choice');
test(refused, {tools, tool_choice: {type: 'custom', custom: {name: 'get_time'}}}, 'tool_choice');
test(refused, {tools: [{type: 'custom', name: 'x'}]}, 'tools[0].custom');
test(
  refused,
  {tools: [{type: 'custom', custom: {name: 'x', format: {type: 'json'}}}]},
  'tools[0].custom.format.type',
);
test(refused, {tools: [{type: 'function', function: {name: 'a b'}}]}, 'tools[0].function.name');
test(refused, {tools, functions: [{name: 'f'}]}, 'functions');

test('a legacy functions request equals a tools request that allows one call', t => {
  const older = decodeFields({functions: [{name: 'f', parameters}], function_call: {name: 'f'}});
  const newer = decodeFields({
    tools: [{type: 'function', function: {name: 'f', parameters}}],
    tool_choice: named('f'),
    parallel_tool_calls: false,
  });
  t.deepEqual(older, newer);
});

const question = {role: 'user', content: 'Weather?'};
const calling = {
  role: 'assistant',
  content: null,
  tool_calls: [
    {id: 'a', type: 'function', function: {name: 'f', arguments: '{"x":1}'}},
    {id: 'b', type: 'function', function: {name: 'g', arguments: ''}},
  ],
};

test('tool calls and results are linked by their ids', t => {
  const turns = decodeMessages(
    question,
    calling,
    {
      role: 'tool',
      tool_call_id: 'b',
      content: [
        {type: 'text', text: '{"y":'},
        {type: 'text', text: '2}'},
      ],
    },
    {role: 'tool', tool_call_id: 'a', content: 'sunny'},
  );
  t.deepEqual(turns.slice(1), [
    {
      role: 'assistant',
      parts: [
        {type: 'tool-call', call: 'a', name: 'f', arguments: '{"x":1}'},
        {type: 'tool-call', call: 'b', name: 'g', arguments: ''},
      ],
    },
    {role: 'tool', parts: [{type: 'tool-result', call: 'b', value: '{"y":2}'}]},
    {role: 'tool', parts: [{type: 'tool-result', call: 'a', value: 'sunny'}]},
  ]);
});

test('a result without its tool call, and a tool call without its result, are refused with the API’s message', t => {
  const lonely = refusalOf(bodyWith({messages: [question, {role: 'tool', tool_call_id: 'a', content: 'x'}]}));
  t.regex(String(lonely.error['message']), /must be a response to a preceeding message with 'tool_calls'/);
  const dangling = refusalOf(
    bodyWith({messages: [question, calling, {role: 'tool', tool_call_id: 'a', content: 'x'}, question]}),
  );
  t.regex(String(dangling.error['message']), /did not have response messages: b$/);
});

test('images and files are attached unchanged, and named by their position', t => {
  const [turn] = decodeMessages({
    role: 'user',
    content: [
      {type: 'text', text: 'See'},
      {type: 'image_url', image_url: {url: 'https://example.com/a.png', detail: 'high'}},
      {type: 'file', file: {file_data: 'data:application/pdf;base64,JVBERg==', filename: 'a.pdf'}},
      {type: 'file', file: {file_data: 'JVBERg'}},
    ],
  });
  t.deepEqual(turn?.parts.slice(1), [
    {
      type: 'attachment',
      source: {kind: 'reference', uri: 'https://example.com/a.png'},
      accepts: 'image',
      field: 'messages[0].content[1].image_url.url',
    },
    {
      type: 'attachment',
      source: {kind: 'reference', uri: 'data:application/pdf;base64,JVBERg=='},
      accepts: 'document',
      field: 'messages[0].content[2].file.file_data',
    },
    {
      type: 'attachment',
      source: {kind: 'bytes', bytes: new Uint8Array(Buffer.from('%PDF'))},
      accepts: 'document',
      field: 'messages[0].content[3].file.file_data',
    },
  ]);
});

const chunks: readonly AnswerChunk[] = [
  {type: 'reply-start', answeredBy: {model: 'm'}},
  {type: 'tool-call-start', candidate: 0, call: 0, name: 'f'},
  {type: 'tool-call-delta', candidate: 0, call: 0, text: '{"z":12345678901234567890,'},
  {type: 'tool-call-delta', candidate: 0, call: 0, text: '"a":1}'},
  {type: 'reply-end', finish: [{unified: 'tool-calls', raw: 'tool_calls'}]},
];
const text = '{"z":12345678901234567890,"a":1}';
const id = `call_${identity.id}_0_0`;

async function choiceOf(fields: JsonObject) {
  const {answer} = decode(bodyWith(fields));
  if (answer.delivery !== 'unary') throw new Error('Expected an answer in one piece');
  const [choice] = JSON.parse(await answer.encode(streamOf(chunks), identity)).choices;
  return choice;
}

async function deltasOf(fields: JsonObject) {
  const {answer} = decode(bodyWith({...fields, stream: true}));
  if (answer.delivery !== 'stream') throw new Error('Expected an answer that is streamed');
  const deltas = [];
  for await (const event of answer.encodeStream(streamOf(chunks), identity)) {
    if (event.startsWith('data: {')) deltas.push(JSON.parse(event.slice(6)).choices[0]);
  }
  return deltas;
}

test('an answer with tool calls has no content', async t => {
  const choice = await choiceOf({tools});
  t.is(choice.finish_reason, 'tool_calls');
  t.is(choice.message.content, null);
  t.deepEqual(choice.message.tool_calls, [{id, type: 'function', function: {name: 'f', arguments: text}}]);
});

test('a stream sends a tool call’s id and name first, then its arguments piece by piece', async t => {
  const deltas = await deltasOf({tools});
  t.deepEqual(
    deltas.map(({delta}) => delta),
    [
      {role: 'assistant', content: null, refusal: null},
      {tool_calls: [{index: 0, id, type: 'function', function: {name: 'f', arguments: ''}}]},
      {tool_calls: [{index: 0, function: {arguments: '{"z":12345678901234567890,'}}]},
      {tool_calls: [{index: 0, function: {arguments: '"a":1}'}}]},
      {},
    ],
  );
  t.is(deltas.at(-1).finish_reason, 'tool_calls');
});

test('a legacy request gets a legacy answer', async t => {
  const functions = [{name: 'f'}];
  const choice = await choiceOf({functions});
  t.deepEqual(choice.message.function_call, {name: 'f', arguments: text});
  t.is(choice.message.tool_calls, undefined);
  t.is(choice.finish_reason, 'function_call');
  const deltas = await deltasOf({functions});
  t.deepEqual(deltas[1].delta, {function_call: {name: 'f', arguments: ''}});
  t.is(deltas.at(-1).finish_reason, 'function_call');
});

test('members that the SDKs add to tool calls in the history are ignored', t => {
  const call = {id: 'a', type: 'function', function: {name: 'f', arguments: '{}'}};
  const noisy = {...call, index: 0, function: {...call.function, parsed_arguments: {}}};
  const history = (calls: JsonValue) =>
    asChat(
      decode(
        bodyWith({
          messages: [
            question,
            {role: 'assistant', content: '', tool_calls: calls},
            {role: 'tool', tool_call_id: 'a', content: 'x'},
          ],
        }),
      ).request,
    ).turns;
  t.deepEqual(history([noisy]), history([call]));
});
