import test from 'ava';
import {cassetteKey} from '../../../../src/cassette/key/key.js';
import {replaceAttachments} from '../../../../src/chat/attachments.js';
import type {JsonObject} from '../../../../src/chat/json.js';
import {normalizeRequest} from '../../../../src/chat/normalize.js';
import type {AskedRequest} from '../../../../src/chat/request.js';
import {decode as decodeChat} from '../decode-body.js';
import {decode as decodeResponse} from './decode-body.js';

/** The key of a request, in which images and documents are represented by their sources. */
function keyOf(request: AskedRequest): string {
  const plain = replaceAttachments(request, ({source, accepts = 'anything'}) => [
    {type: 'text', text: `${accepts}: ${JSON.stringify(source)}`},
  ]);
  return cassetteKey(normalizeRequest(plain) as unknown as JsonObject);
}

const isSame = test.macro({
  exec(t, response: JsonObject, chat: JsonObject) {
    const asked = decodeResponse({model: 'm', ...response}).request;
    const spoken = decodeChat({model: 'm', ...chat}).request;
    t.deepEqual(keyOf(asked), keyOf(spoken));
  },
  title: (_, response) => `${JSON.stringify(response)} has the same key as its chat completion`,
});

const hi = {role: 'user', content: 'hi'};

test(isSame, {input: 'hi'}, {messages: [hi]});
test(isSame, {input: [hi]}, {messages: [hi]});
test(isSame, {input: [{role: 'user', content: [{type: 'input_text', text: 'hi'}]}]}, {messages: [hi]});
test(
  isSame,
  {input: 'hi', instructions: 'Be brief.'},
  {messages: [{role: 'system', content: 'Be brief.'}, hi]},
);
test(isSame, {input: 'hi', instructions: ''}, {messages: [hi]});
test(
  isSame,
  {input: [{role: 'developer', content: 'Be brief.'}, hi]},
  {messages: [{role: 'developer', content: 'Be brief.'}, hi]},
);
test(
  isSame,
  {
    input: [
      {
        role: 'user',
        content: [
          {type: 'input_text', text: 'one'},
          {type: 'input_text', text: 'two'},
        ],
      },
    ],
  },
  {
    messages: [
      {
        role: 'user',
        content: [
          {type: 'text', text: 'one'},
          {type: 'text', text: 'two'},
        ],
      },
    ],
  },
);

const image = 'data:image/png;base64,AAAA';
const pdf = 'data:application/pdf;base64,AAAA';
test(
  isSame,
  {
    input: [
      {
        role: 'user',
        content: [
          {type: 'input_image', image_url: image, detail: 'high'},
          {type: 'input_file', file_data: pdf, filename: 'a.pdf'},
        ],
      },
    ],
  },
  {
    messages: [
      {
        role: 'user',
        content: [
          {type: 'image_url', image_url: {url: image}},
          {type: 'file', file: {file_data: pdf, filename: 'b.pdf'}},
        ],
      },
    ],
  },
);

const schema = {type: 'object', properties: {a: {type: 'integer'}}};
test(
  isSame,
  {
    input: 'hi',
    text: {
      format: {type: 'json_schema', name: 'x', schema, strict: true, description: 'd'},
      verbosity: 'low',
    },
    reasoning: {effort: 'low', summary: 'auto'},
    temperature: 0.5,
    top_p: 0.9,
    max_output_tokens: 50,
    top_logprobs: 2,
    include: ['message.output_text.logprobs'],
  },
  {
    messages: [hi],
    response_format: {type: 'json_schema', json_schema: {name: 'y', schema, description: 'd'}},
    verbosity: 'low',
    reasoning_effort: 'low',
    temperature: 0.5,
    top_p: 0.9,
    max_completion_tokens: 50,
    logprobs: true,
    top_logprobs: 2,
  },
);

const flat = {type: 'function', name: 'f', description: 'd', parameters: schema, strict: true};
const nested = {type: 'function', function: {name: 'f', description: 'd', parameters: schema}};
for (const [response, chat] of [
  [undefined, undefined],
  ['auto', 'auto'],
  ['none', 'none'],
  ['required', 'required'],
  [
    {type: 'function', name: 'f'},
    {type: 'function', function: {name: 'f'}},
  ],
  [
    {type: 'allowed_tools', mode: 'auto', tools: [{type: 'function', name: 'f'}]},
    {
      type: 'allowed_tools',
      allowed_tools: {mode: 'auto', tools: [{type: 'function', function: {name: 'f'}}]},
    },
  ],
] as const) {
  test(
    isSame,
    {input: 'hi', tools: [flat], parallel_tool_calls: false, ...(response && {tool_choice: response})},
    {messages: [hi], tools: [nested], parallel_tool_calls: false, ...(chat && {tool_choice: chat})},
  );
}

const said = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{type: 'output_text', text: 'Let me look.', annotations: [], logprobs: []}],
};
const call = (id: string, text: string) => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: id,
  name: 'f',
  arguments: text,
  status: 'completed',
});
const output = (id: string, text: string) => ({type: 'function_call_output', call_id: id, output: text});
const called = (id: string, text: string) => ({id, type: 'function', function: {name: 'f', arguments: text}});

test(
  isSame,
  {
    input: [
      hi,
      {type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'xyz'},
      said,
      call('a', '{"x":1}'),
      call('b', '{"x": 12345678901234567890}'),
      output('b', '{"y":2}'),
      output('a', 'sunny'),
      {role: 'assistant', content: 'Sunny.'},
      {role: 'user', content: 'Thanks'},
    ],
  },
  {
    messages: [
      hi,
      {
        role: 'assistant',
        content: 'Let me look.',
        tool_calls: [called('1', '{"x":1}'), called('2', '{"x":12345678901234567890}')],
      },
      {role: 'tool', tool_call_id: '1', content: 'sunny'},
      {role: 'tool', tool_call_id: '2', content: '{"y": 2}'},
      {role: 'assistant', content: 'Sunny.'},
      {role: 'user', content: 'Thanks'},
    ],
  },
);
test(
  isSame,
  {input: [hi, call('a', '{}'), output('a', 'x'), call('b', '{}'), output('b', 'y')]},
  {
    messages: [
      hi,
      {role: 'assistant', content: null, tool_calls: [called('1', '{}')]},
      {role: 'tool', tool_call_id: '1', content: 'x'},
      {role: 'assistant', content: '', tool_calls: [called('2', '{}')]},
      {role: 'tool', tool_call_id: '2', content: 'y'},
    ],
  },
);

const differs = test.macro({
  exec(t, one: JsonObject, other: JsonObject) {
    t.not(
      keyOf(decodeResponse({model: 'm', ...one}).request),
      keyOf(decodeResponse({model: 'm', ...other}).request),
    );
  },
  title: (_, one, other) => `${JSON.stringify(one)} has a different key than ${JSON.stringify(other)}`,
});

test(differs, {input: [said, said, hi]}, {input: [said, hi]});
test(differs, {input: [hi, hi]}, {input: [hi]});
test(differs, {input: 'hi', tools: [{type: 'web_search'}]}, {input: 'hi'});
test(differs, {input: 'hi', tools: [{type: 'web_search'}]}, {input: 'hi', tools: [{type: 'mcp'}]});
test(
  differs,
  {input: [hi, call('a', '{}'), output('a', 'x')]},
  {input: [hi, call('a', '{}'), output('a', 'y')]},
);
