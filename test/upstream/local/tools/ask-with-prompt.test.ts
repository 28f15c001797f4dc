import test, {type ExecutionContext} from 'ava';
import {type ChatReply, foldChunks} from '../../../../src/chat/reply.js';
import type {ChatRequest, Turn} from '../../../../src/chat/request.js';
import {
  answering,
  failing,
  inTurn,
  type Script,
  scriptedProps,
  scriptedUpstream,
} from '../../../support/scripted-upstream.js';
import {ask, buildModel, present, question, turn} from '../../asking.js';

const weather = {
  name: 'get_weather',
  description: 'The weather of a city',
  parameters: {type: 'object', properties: {city: {type: 'string'}}, required: ['city']},
};
const add = {
  name: 'add',
  parameters: {
    type: 'object',
    properties: {a: {type: 'integer'}, b: {type: 'integer'}},
    required: ['a', 'b'],
  },
};
const tools = [weather, add];
const oslo = '<tool_call>{"name":"get_weather","arguments":{"city":"Oslo"}}</tool_call>';
const sum = '<tool_call>{"name":"add","arguments":{"a":1,"b":2}}</tool_call>';
const osloCall = {name: 'get_weather', arguments: '{"city":"Oslo"}'};
const sumCall = {name: 'add', arguments: '{"a":1,"b":2}'};
const forced = {type: 'required'} as const;

async function answerOf(
  t: ExecutionContext,
  script: Script,
  request: Partial<ChatRequest> = {},
  props: object = scriptedProps,
) {
  const upstream = await scriptedUpstream(t, script, {props});
  const asked = question('What is the weather?', {tools, ...request});
  const reply = await foldChunks(buildModel(t, upstream).ask(asked, present()));
  return {...only(reply), reply, bodies: upstream.requests.map(({body}) => body)};
}

function only({candidates}: ChatReply) {
  const [candidate] = candidates;
  if (!candidate) throw new Error('An answer has a candidate');
  return candidate;
}

test('the tools are described at the end of the instructions, and are not sent in any other way', async t => {
  const {bodies} = await answerOf(t, answering(['Hi']), {
    turns: [turn('system', 'Be brief.'), turn('user', 'Hi')],
  });
  const [{messages, ...body}] = bodies;
  t.deepEqual(Object.keys(body).sort(), ['return_progress', 'stop', 'stream', 'stream_options', 'verbose']);
  t.is(messages.length, 3);
  t.is(messages[0].content, 'Be brief.');
  t.is(messages[1].role, 'system');
  t.true(
    messages[1].content.endsWith(
      [
        'The functions:',
        '{"name":"get_weather","description":"The weather of a city","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}',
        '{"name":"add","parameters":{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"required":["a","b"]}}',
      ].join('\n'),
    ),
  );
});

test('an answer without tool calls streams as it is generated', async t => {
  const upstream = await scriptedUpstream(t, answering(['It is', ' <b>sunny</b>', ' <tool', 's>.']));
  const chunks = await ask(buildModel(t, upstream), question('Hi', {tools}));
  t.deepEqual(
    chunks.map(chunk => (chunk.type === 'text-delta' ? chunk.text : chunk.type)),
    ['reply-start', 'It is', ' <b>sunny</b>', ' ', '<tool', 's>.', 'reply-end'],
  );
});

const hears = test.macro({
  title: (_, what: string) => what,
  async exec(
    t,
    _what: string,
    script: Script,
    request: Partial<ChatRequest>,
    expected: {text?: string; toolCalls?: readonly object[]; finish: string; asked?: number},
  ) {
    const {text, toolCalls, finish, bodies} = await answerOf(t, script, request);
    t.is(text, expected.text ?? '');
    t.deepEqual(toolCalls, expected.toolCalls ?? []);
    t.is(finish.unified, expected.finish as typeof finish.unified);
    t.is(bodies.length, expected.asked ?? 1);
  },
});

test(
  hears,
  'a tool call in fragments',
  answering(['<tool_', `call>${oslo.slice(11, 30)}`, oslo.slice(30)]),
  {},
  {
    toolCalls: [osloCall],
    finish: 'tool-calls',
  },
);
test(
  hears,
  'text before a tool call is kept',
  answering(['Let me see.\n', oslo]),
  {},
  {
    text: 'Let me see.\n',
    toolCalls: [osloCall],
    finish: 'tool-calls',
  },
);
test(
  hears,
  'several tool calls',
  answering([oslo, '\n', sum]),
  {},
  {
    toolCalls: [osloCall, sumCall],
    finish: 'tool-calls',
  },
);
test(
  hears,
  'only the first of several tool calls if parallel calls are off',
  answering([oslo, '\n', sum]),
  {parallelToolCalls: false},
  {
    toolCalls: [osloCall],
    finish: 'tool-calls',
  },
);
test(
  hears,
  'arguments keep the digits and the order that the model wrote',
  answering(['<tool_call>{"name":"add","arguments":{"b":12345678901234567890,"a":1.0}}</tool_call>']),
  {},
  {toolCalls: [{name: 'add', arguments: '{"b":12345678901234567890,"a":1.0}'}], finish: 'tool-calls'},
);
test(
  hears,
  'a forced tool call is the JSON of a call',
  answering(['{"name":"add","argu', 'ments":{"a":1,"b":2}}']),
  {toolChoice: forced},
  {
    toolCalls: [sumCall],
    finish: 'tool-calls',
  },
);
test(
  hears,
  'a forced tool call with markers, from a server without grammars',
  answering([` ${oslo}\n`]),
  {toolChoice: forced},
  {
    toolCalls: [osloCall],
    finish: 'tool-calls',
  },
);
test(
  hears,
  'a tool call that does not match its schema is requested once more',
  inTurn(
    answering(['Hm. <tool_call>{"name":"add","arguments":{"a":"one"}}</tool_call>']),
    answering(['{"name":"add","arguments":{"a":1,"b":2}}']),
  ),
  {},
  {text: 'Hm. ', toolCalls: [sumCall], finish: 'tool-calls', asked: 2},
);
test(
  hears,
  'a tool call that fails the schema twice is returned as text',
  answering(['<tool_call>{"name":"add","arguments":{"a":"one"}}</tool_call>']),
  {},
  {
    text: '<tool_call>{"name":"add","arguments":{"a":"one"}}</tool_call>',
    finish: 'malformed-tool-call',
    asked: 2,
  },
);
test(
  hears,
  'a call of an undeclared tool is requested once more',
  inTurn(
    answering(['<tool_call>{"name":"rain","arguments":{}}</tool_call>']),
    answering([oslo.slice(11, -12)]),
  ),
  {},
  {toolCalls: [osloCall], finish: 'tool-calls', asked: 2},
);
test(
  hears,
  'a call of a tool that is not allowed is text',
  inTurn(answering([sum]), answering([sum.slice(11, -12)])),
  {toolChoice: {type: 'auto', allowed: ['get_weather']}},
  {text: sum, finish: 'malformed-tool-call', asked: 2},
);
test(
  hears,
  'a tool call cut off by the token limit is returned as text, not as malformed',
  answering(['<tool_call>{"name":"add","argu'], {finish: 'length'}),
  {},
  {text: '<tool_call>{"name":"add","argu', finish: 'length'},
);
test(
  hears,
  'a forced tool call of another shape is malformed',
  answering(['{"name":"add","arguments":{"a":1}}']),
  {
    toolChoice: {type: 'required', allowed: ['add']},
  },
  {
    text: '{"name":"add","arguments":{"a":1}}',
    finish: 'malformed-tool-call',
  },
);
test(
  hears,
  'where no tool call is allowed, a call is text',
  answering([oslo]),
  {toolChoice: {type: 'none'}},
  {
    text: oslo,
    finish: 'stop',
  },
);

test('a forced tool call is constrained to the schemas of the allowed tools', async t => {
  const {bodies} = await answerOf(t, answering(['{"name":"add","arguments":{"a":1,"b":2}}']), {
    toolChoice: {type: 'required', allowed: ['add']},
  });
  t.deepEqual(bodies[0].response_format.json_schema.schema, {
    type: 'object',
    properties: {name: {const: 'add'}, arguments: add.parameters},
    required: ['name', 'arguments'],
  });
  t.notRegex(bodies[0].messages[0].content, /get_weather/);
});

test('the retry is constrained to the schema of the called tool, and its tokens are counted', async t => {
  const {bodies, reply} = await answerOf(
    t,
    inTurn(
      answering(['<tool_call>', '{"name":"add","arguments":{}}', '</tool_call>']),
      answering(['{"name":"add","arguments":{"a":1,"b":2}}']),
    ),
    {sampling: {temperature: 0, stop: ['END']}},
  );
  t.deepEqual(bodies[0].stop, ['END', '<tool_result>']);
  t.deepEqual(bodies[1].stop, ['END']);
  t.deepEqual(bodies[1].response_format.json_schema.schema.properties.name, {const: 'add'});
  t.deepEqual(bodies[1].messages, bodies[0].messages);
  t.deepEqual(reply.usage, {inputTokens: 7, outputTokens: 4});
});

test('a schema without a server grammar is requested loosely, and checked', async t => {
  const refusal = failing(400, {
    error: {code: 400, message: 'JSON schema error at #/properties: unrecognized'},
  });
  const right = await answerOf(t, inTurn(refusal, answering(['{"name":"add","arguments":{"a":1,"b":2}}'])), {
    toolChoice: forced,
  });
  t.deepEqual(right.toolCalls, [sumCall]);
  t.deepEqual(right.bodies[1].response_format.json_schema.schema.anyOf[1].properties.arguments, {
    type: 'object',
  });
  const wrong = await answerOf(t, inTurn(refusal, answering(['{"name":"add","arguments":{"a":1}}'])), {
    toolChoice: {type: 'required', allowed: ['add']},
  });
  t.is(wrong.finish.unified, 'malformed-tool-call');
});

test('a refusal for another reason is reported', async t => {
  const script = failing(400, {error: {code: 400, message: 'n_predict must be positive'}});
  await t.throwsAsync(answerOf(t, script, {toolChoice: forced}), {code: 'upstream_rejected'});
});

test('structured output may be replaced by a tool call', async t => {
  const output = {type: 'json-schema', schema: {type: 'object', properties: {x: {type: 'integer'}}}} as const;
  const called = await answerOf(
    t,
    answering(['{"tool_call":{"name":"add",', '"arguments":{"a":1,"b":2}}}']),
    {output},
  );
  t.deepEqual(called.toolCalls, [sumCall]);
  t.is(called.text, '');
  t.is(called.bodies[0].response_format.json_schema.schema.anyOf.length, 2);
  const answered = await answerOf(t, answering(['{"x"', ':1}']), {output});
  t.is(answered.text, '{"x":1}');
  t.is(answered.finish.unified, 'stop');
});

const history: readonly Turn[] = [
  turn('user', 'What is the weather?'),
  {
    role: 'assistant',
    parts: [
      {type: 'text', text: 'Let me see.'},
      {type: 'tool-call', call: 'call-1', name: 'get_weather', arguments: {z: 1, city: 'Oslo'}},
      {type: 'tool-call', call: 'call-2', name: 'add', arguments: 'not JSON'},
    ],
  },
  {
    role: 'tool',
    parts: [
      {type: 'tool-result', call: 'call-1', value: {sky: 'sunny', big: 12345678901234567890n}},
      {type: 'tool-result', call: 'call-2', value: 'no numbers', isError: true},
    ],
  },
];

test('earlier tool calls are sent as text of the model, their results as text of the user', async t => {
  const {bodies} = await answerOf(t, answering(['Sunny.']), {turns: history});
  t.deepEqual(bodies[0].messages.slice(2), [
    {
      role: 'assistant',
      content:
        'Let me see.\n<tool_call>{"name":"get_weather","arguments":{"z":1,"city":"Oslo"}}</tool_call>\n<tool_call>{"name":"add","arguments":"not JSON"}</tool_call>',
    },
    {
      role: 'user',
      content:
        '<tool_result>{"name":"get_weather","result":{"sky":"sunny","big":12345678901234567890}}</tool_result>\n<tool_result>{"name":"add","error":"no numbers"}</tool_result>',
    },
  ]);
});

test("Gemma's template gets alternating roles, with the tools first", async t => {
  const template =
    '{{ raise_exception("Conversation roles must alternate user/assistant/user/assistant/...") }}';
  const {bodies} = await answerOf(
    t,
    answering(['Sunny.']),
    {turns: [turn('system', 'Be brief.'), ...history]},
    {...scriptedProps, chat_template: template},
  );
  t.deepEqual(
    bodies[0].messages.map(({role}: {role: string}) => role),
    ['system', 'user', 'assistant', 'user'],
  );
  t.regex(bodies[0].messages[0].content, /^Be brief\.\n\nYou can call functions\./);
});

test('after results that allow no further call, llama-server blocks tool calls', async t => {
  for (const request of [{toolChoice: {type: 'none'}}, {tools: []}] as const) {
    const {bodies} = await answerOf(t, answering(['Sunny.']), {turns: history, ...request});
    t.is(bodies[0].grammar, 'root ::= [ \\n]* [^< \\n] [^\\x00]*');
    t.true(bodies[0].messages.at(-1).content.endsWith('</tool_result>\n\nSo what is the answer?'));
  }
  const ownForm = await answerOf(t, answering(['{}']), {
    turns: history,
    toolChoice: {type: 'none'},
    output: {type: 'json'},
  });
  t.is(ownForm.bodies[0].grammar, undefined);
  const ownGrammar = await answerOf(t, answering(['x']), {
    turns: history,
    toolChoice: {type: 'none'},
    extras: {grammar: 'root ::= "x"'},
  });
  t.is(ownGrammar.bodies[0].grammar, 'root ::= "x"');
});

test('a model that repeats its tool calls is blocked from calling once it has results', async t => {
  const upstream = await scriptedUpstream(t, answering(['Sunny.']));
  const model = buildModel(t, {url: upstream.url, repeatsCalls: true});
  await ask(model, question('', {turns: history, tools}));
  await ask(model, question('Hi', {tools}));
  await ask(model, question('', {turns: history, tools, toolChoice: forced}));
  t.deepEqual(
    upstream.requests.map(({body}) => typeof body.grammar),
    ['string', 'undefined', 'undefined'],
  );
});

test('each of several candidates has its own tool calls and its own retry', async t => {
  const wrong = '<tool_call>{"name":"add","arguments":{}}</tool_call>';
  const upstream = await scriptedUpstream(
    t,
    inTurn(answering([wrong]), answering(['{"name":"add","arguments":{"a":1,"b":2}}']), answering(['No.'])),
  );
  const request = question('Hi', {tools, candidates: 2, sampling: {seed: 5}});
  const {candidates} = await foldChunks(buildModel(t, upstream).ask(request, present()));
  t.deepEqual(
    candidates.map(({text, toolCalls, finish}) => [text, toolCalls.length, finish.unified]),
    [
      ['', 1, 'tool-calls'],
      ['No.', 0, 'stop'],
    ],
  );
  t.deepEqual(
    upstream.requests.map(({body}) => body.seed),
    [5, 5, 6],
  );
});

test('with several slots, candidates are parsed side by side', async t => {
  const upstream = await scriptedUpstream(t, answering(['Hm. ', oslo]), {
    props: {...scriptedProps, total_slots: 2},
  });
  const request = question('Hi', {tools, candidates: 2});
  const {candidates} = await foldChunks(buildModel(t, upstream).ask(request, present()));
  t.deepEqual(
    candidates.map(({text, toolCalls}) => [text, toolCalls]),
    [
      ['Hm. ', [osloCall]],
      ['Hm. ', [osloCall]],
    ],
  );
  t.is(upstream.requests.length, 1);
});

test('text has its token probabilities, tool calls have none', async t => {
  const {logprobs, toolCalls} = await answerOf(t, answering(['Hm. ', oslo]), {logprobs: {top: 1}});
  t.deepEqual(
    logprobs?.map(({token}) => token),
    ['Hm. '],
  );
  t.is(toolCalls.length, 1);
});

test('parameters that are not a schema are refused before a request is sent', async t => {
  const upstream = await scriptedUpstream(t);
  const request = question('Hi', {tools: [{name: 'f', parameters: {type: 'nonsense'}}]});
  await t.throwsAsync(ask(buildModel(t, upstream), request), {
    code: 'invalid_request',
    message: /parameters of the function "f"/,
  });
  t.is(upstream.requests.length, 0);
});
