import test from 'ava';
import {replaceAttachments} from '../../../src/chat/attachments.js';
import type {JsonObject, JsonValue} from '../../../src/chat/json.js';
import {normalizeRequest} from '../../../src/chat/normalize.js';
import {bodyWith, decode, decodeFields, decodeMessages, refusalOf} from './decode-body.js';

const refuses = test.macro({
  exec(t, fields: JsonObject, message: string | RegExp) {
    const refusal = refusalOf(bodyWith(fields));
    t.like(refusal, {status: 400, type: 'invalid_request_error'});
    if (typeof message === 'string') t.is(refusal.message.split('\n')[0], message);
    else t.regex(refusal.message, message);
  },
  title: (_title, fields) => `${JSON.stringify(fields).slice(0, 100)} is refused with the API’s message`,
});

const user = (content: JsonValue): JsonObject => ({role: 'user', content});
test(refuses, {max_tokens: null}, 'max_tokens: Field required');
test(refuses, {max_tokens: 0}, 'max_tokens: Input should be greater than or equal to 1');
test(refuses, {max_tokens: '5'}, 'max_tokens: Input should be a valid integer');
test(refuses, {temperature: 1.5}, 'temperature: Input should be less than or equal to 1');
test(refuses, {tempratur: 1}, 'tempratur: Extra inputs are not permitted');
test(refuses, {messages: []}, /^messages: at least one/);
test(
  refuses,
  {messages: [{role: 'tool', content: 'a'}]},
  /^messages\.0\.role: Input should be 'user', 'assistant'/,
);
test(refuses, {messages: [user('')]}, 'messages.0: user messages must have non-empty content');
test(
  refuses,
  {messages: [user([{type: 'txt', text: 'a'}])]},
  /^messages\.0\.content\.0: Input tag 'txt' found/,
);
test(refuses, {messages: [user([{type: 'text'}])]}, 'messages.0.content.0.text: Field required');
test(
  refuses,
  {messages: [user([{type: 'text', text: ''}])]},
  'messages: text content blocks must be non-empty',
);
test(
  refuses,
  {messages: [user('a'), {role: 'assistant', content: 'b '}]},
  'messages: final assistant content cannot end with trailing whitespace',
);
test(refuses, {stop_sequences: [' ']}, 'stop_sequences: each stop sequence must contain non-whitespace');
test(
  refuses,
  {messages: [user([{type: 'text', text: ' \n'}])]},
  'messages: text content blocks must contain non-whitespace text',
);
test(refuses, {messages: [user(' \n')]}, 'messages: text content blocks must contain non-whitespace text');
for (const system of ['\n', [{type: 'text', text: ' '}]]) {
  test(
    refuses,
    {messages: [user('a')], system},
    'system: text content blocks must contain non-whitespace text',
  );
}
test(
  refuses,
  {max_tokens: 4096, thinking: {type: 'enabled', budget_tokens: 1024}, temperature: 0.5},
  'temperature: `temperature` may only be set to 1 when thinking is enabled.',
);
test(
  refuses,
  {thinking: {type: 'adaptive'}, top_k: 3},
  'top_k: `top_k` must be unset when thinking is enabled.',
);
for (const type of [
  'function',
  'bash',
  'bash_20240101',
  'bash_2025',
  'bsah_20250124',
  'bash_20250124 ',
  'web_serach_20260209',
  'mcp_toolset_20990101',
  'MCP_TOOLSET',
  '_20260209',
  'tool_search_tool',
]) {
  test(
    refuses,
    {tools: [{type, name: 'f'}]},
    new RegExp(
      `^tools\\.0: Input tag '${type}' found using 'type' does not match any of the expected tags: 'advisor_20260301', 'bash_20241022', .*'custom', .*'web_search_20260318'$`,
    ),
  );
}
test('a newer version of a known tool is accepted with the warning of its tool', t => {
  for (const type of ['bash_20990101', 'web_search_20261231', 'tool_search_tool_bm25_20270101']) {
    const {request, warnings} = decode(bodyWith({tools: [{type, name: 'f'}]}));
    t.like(request, {serverTools: [{type, name: 'f'}]});
    t.deepEqual(warnings?.length, 1);
  }
});
const thoughtful = {max_tokens: 4096, thinking: {type: 'enabled', budget_tokens: 1024}};
const choosing = {tools: [{name: 'f', input_schema: {type: 'object'}}]};
test(refuses, {...thoughtful, top_p: 0.9}, /^top_p: `top_p` must be greater than or equal to 0\.95 or unset/);
for (const choice of [{type: 'any'}, {type: 'tool', name: 'f'}]) {
  test(
    refuses,
    {tool_choice: choice, ...thoughtful, ...choosing},
    'tool_choice: Thinking may not be enabled when tool_choice forces tool use.',
  );
}
test('thinking goes with a free choice of tools, and adaptive thinking with any', t => {
  t.notThrows(() => decode(bodyWith({...thoughtful, ...choosing, tool_choice: {type: 'auto'}, top_p: 0.95})));
  const adaptive = {thinking: {type: 'adaptive'}, tool_choice: {type: 'any'}, top_p: 0.5};
  t.notThrows(() => decode(bodyWith({...choosing, ...adaptive})));
});
test('thinking goes with the temperature 1, and no thinking with any', t => {
  const thinking = {type: 'enabled', budget_tokens: 1024};
  t.notThrows(() => decode(bodyWith({max_tokens: 4096, thinking, temperature: 1})));
  t.notThrows(() => decode(bodyWith({thinking: {type: 'disabled'}, temperature: 0})));
});
test('tools that Anthropic runs are known by the version in their type', t => {
  for (const type of [
    'web_search_20250305',
    'bash_20250124',
    'memory_20250818',
    'mcp_toolset',
    'tool_search_tool_regex',
  ]) {
    t.is(decode(bodyWith({tools: [{type, name: 'x'}]})).warnings?.length, 1, type);
  }
});
test(refuses, {thinking: {type: 'enabled'}}, 'thinking.enabled.budget_tokens: Field required');
test(
  refuses,
  {thinking: {type: 'enabled', budget_tokens: 5000}},
  'max_tokens: `max_tokens` must be greater than `thinking.budget_tokens`.',
);
test(refuses, {tool_choice: {type: 'any'}}, /may only be specified while providing `tools`/);
test(
  refuses,
  {tools: [{name: 'a b', input_schema: {type: 'object'}}]},
  /^tools\.0\.custom\.name: String should match/,
);
test(
  refuses,
  {tools: [{name: 'a', input_schema: {}}]},
  "tools.0.custom.input_schema.type: Input should be 'object'",
);
test(
  refuses,
  {messages: [user([{type: 'image', source: {type: 'base64', media_type: 'image/png', data: '!'}}])]},
  /^messages\.0\.content\.0\.image\.source\.base64\.data: Invalid base64 data/,
);

const f = {name: 'f', input_schema: {type: 'object', properties: {x: {type: 'integer'}}}};
const g = {name: 'g', description: 'Does g', input_schema: {type: 'object'}};

const choices = test.macro({
  exec(t, choice: JsonObject, expected: JsonObject) {
    const {toolChoice, parallelToolCalls} = decodeFields({tools: [f, g], tool_choice: choice});
    t.deepEqual(
      {...(toolChoice && {toolChoice}), ...(parallelToolCalls === false && {parallelToolCalls})},
      expected,
    );
  },
  title: (_title, choice) => `the tool choice ${JSON.stringify(choice)} is translated`,
});
test(choices, {type: 'auto'}, {});
test(choices, {type: 'auto', disable_parallel_tool_use: true}, {parallelToolCalls: false});
test(choices, {type: 'any'}, {toolChoice: {type: 'required'}});
test(choices, {type: 'none'}, {toolChoice: {type: 'none'}});
test(
  choices,
  {type: 'tool', name: 'g', disable_parallel_tool_use: true},
  {toolChoice: {type: 'required', allowed: ['g']}, parallelToolCalls: false},
);

test('tool calls and results are linked by their ids, and results become separate turns', t => {
  const turns = decodeMessages(
    user('Weather?'),
    {
      role: 'assistant',
      content: [
        {type: 'text', text: 'Let me see.'},
        {type: 'tool_use', id: 'a', name: 'f', input: {z: 1, a: 12345678901234567890n}},
        {type: 'tool_use', id: 'b', name: 'g', input: {}},
      ],
    },
    user([
      {type: 'tool_result', tool_use_id: 'b', is_error: true},
      {type: 'tool_result', tool_use_id: 'a', content: [{type: 'text', text: 'sunny'}]},
      {type: 'text', text: 'So?'},
    ]),
  );
  t.deepEqual(turns.slice(1), [
    {
      role: 'assistant',
      parts: [
        {type: 'text', text: 'Let me see.'},
        {type: 'tool-call', call: 'a', name: 'f', arguments: {z: 1, a: 12345678901234567890n}},
        {type: 'tool-call', call: 'b', name: 'g', arguments: {}},
      ],
    },
    {
      role: 'tool',
      parts: [
        {type: 'tool-result', call: 'b', value: '', isError: true},
        {type: 'tool-result', call: 'a', value: 'sunny'},
      ],
    },
    {role: 'user', parts: [{type: 'text', text: 'So?'}]},
  ]);
});

test('a tool call without its result, and a result without its tool call, are refused', t => {
  const call = {role: 'assistant', content: [{type: 'tool_use', id: 'a', name: 'f', input: {}}]};
  const result = user([{type: 'tool_result', tool_use_id: 'a', content: 'x'}]);
  t.notThrows(() => decodeMessages(user('q'), call, result));
  const words = (...messages: JsonObject[]) => refusalOf(bodyWith({messages})).message;
  t.regex(words(user('q'), call, user('x')), /^messages\.1: `tool_use` ids were found without/);
  t.regex(words(user('q'), call), /^messages\.1: `tool_use` ids were found without/);
  t.regex(words(user('q'), result), /^messages\.1\.content\.0: unexpected `tool_use_id`/);
  t.regex(words(user('q'), call, result, result), /^messages\.3\.content\.0: unexpected `tool_use_id`/);
});

test('attachments are passed on unchanged, in every place', t => {
  const pdf = {type: 'base64', media_type: 'application/pdf', data: 'JVBERg=='};
  const png = {type: 'base64', media_type: 'image/png', data: 'aGk'};
  const [turn] = decodeMessages(
    user([
      {type: 'document', source: pdf, title: 'Invoice', context: 'Of May'},
      {type: 'image', source: {type: 'url', url: 'https://example.com/a.png'}},
      {type: 'document', source: {type: 'content', content: [{type: 'image', source: png}]}},
      {type: 'document', source: {type: 'text', media_type: 'text/plain', data: 'words'}},
    ]),
  );
  t.deepEqual(turn?.parts, [
    {type: 'text', text: 'Document title: Invoice'},
    {type: 'text', text: 'Document context: Of May'},
    {
      type: 'attachment',
      source: {kind: 'bytes', bytes: new Uint8Array(Buffer.from('%PDF'))},
      field: 'messages.0.content.0.document.source.base64.data',
      declaredType: 'application/pdf',
      accepts: 'document',
    },
    {
      type: 'attachment',
      source: {kind: 'reference', uri: 'https://example.com/a.png'},
      field: 'messages.0.content.1.image.source.url.url',
      accepts: 'image',
    },
    {
      type: 'attachment',
      source: {kind: 'bytes', bytes: new Uint8Array(Buffer.from('hi'))},
      field: 'messages.0.content.2.document.source.content.content.0.image.source.base64.data',
      declaredType: 'image/png',
      accepts: 'image',
    },
    {type: 'text', text: 'words'},
  ]);
});

test('a leading system message and the system text are equivalent', t => {
  const normal = (fields: JsonObject) => normalizeRequest(replaceAttachments(decodeFields(fields), () => []));
  t.deepEqual(
    normal({messages: [{role: 'system', content: 'Be brief.'}, user('hi')]}),
    normal({system: 'Be brief.', messages: [user('hi')]}),
  );
});

test('Anthropic-only features are part of the key, and a warning says that they are left out', t => {
  const search = {type: 'web_search_20250305', name: 'web_search', max_uses: 3};
  const {request, warnings} = decode(bodyWith({tools: [search, f]}));
  t.like(request, {serverTools: [search], tools: [{name: 'f'}]});
  t.regex(warnings?.join() ?? '', /web_search_20250305/);
});

test('a token count has the same request as a message', t => {
  const fields = {system: 'Be brief.', tools: [f], messages: [user('hi')]};
  const {max_tokens: _limit, ...body} = bodyWith(fields);
  const {request} = decode(body, 'countTokens');
  const {turns, tools} = decodeFields(fields);
  t.deepEqual(request, {operation: 'count-tokens', turns, tools});
});

test('the billing block of Claude Code is given to no model, wherever it stands and whatever it says', t => {
  const billing = (cch: string) =>
    `x-anthropic-billing-header: cc_version=2.1.37.0d9; cc_entrypoint=cli; cch=${cch};`;
  const text = (said: string) => ({type: 'text', text: said});
  const plain = decodeFields({system: [text('Be kind.')]}).turns;
  for (const system of [
    [text(billing('00000')), text('Be kind.')],
    [text(billing('a1b2c')), text('Be kind.')],
    [text('Be kind.'), text(billing('0'))],
    [text(`${billing('1')}\nBe kind.`)],
    `${billing('2')}\n\nBe kind.`,
  ]) {
    t.deepEqual(decodeFields({system}).turns, plain);
  }
  t.deepEqual(decodeFields({system: [text(billing('1'))]}).turns, decodeFields({}).turns);
  const inline = {role: 'system', content: [text(billing('1'))]};
  t.deepEqual(decodeFields({messages: [inline, user('hi')]}).turns, decodeFields({}).turns);
  const asked = JSON.stringify(decodeFields({messages: [user(billing('1'))]}));
  t.regex(asked, /cch=1/, 'a user may ask about it');
});
