import test from 'ava';
import type {JsonObject, JsonValue} from '../../../src/chat/json.js';
import type {ModelRequest, Turn} from '../../../src/chat/request.js';
import {asChat} from '../../support/dialects.js';
import {bodyWith, decode, decodeFields, decodeMessages, refusalOf} from './decode-body.js';

test('the smallest body is one user turn and nothing else', t => {
  t.deepEqual(decode(bodyWith({})).request, {
    operation: 'chat',
    turns: [{role: 'user', parts: [{type: 'text', text: 'hi'}]}],
  });
});

const becomes = test.macro({
  exec(t, fields: JsonObject, expected: Partial<ModelRequest>) {
    t.deepEqual(decodeFields(fields), {...decodeFields({}), ...expected});
  },
  title: (_, fields) => `${JSON.stringify(fields)} is translated`,
});

test(becomes, {temperature: 0, top_p: 1, top_k: 40}, {sampling: {temperature: 0, topP: 1, topK: 40}});
test(becomes, {temperature: 2}, {sampling: {temperature: 2}});
test(
  becomes,
  {presence_penalty: -2, frequency_penalty: 2},
  {
    sampling: {presencePenalty: -2, frequencyPenalty: 2},
  },
);
test(becomes, {seed: 0}, {sampling: {seed: 0}});
test(becomes, {seed: -1}, {sampling: {seed: -1}});
test(becomes, {seed: 2 ** 53 - 1}, {sampling: {seed: 2 ** 53 - 1}});
test(becomes, {stop: 'END'}, {sampling: {stop: ['END']}});
test(becomes, {stop: ['a', 'b', 'c', 'd']}, {sampling: {stop: ['a', 'b', 'c', 'd']}});
test(becomes, {max_tokens: 1}, {sampling: {maxTokens: 1}});
test(
  becomes,
  {max_completion_tokens: 1},
  {sampling: {maxTokens: 1}, unkeyed: {maxTokensField: 'max_completion_tokens'}},
);
test(
  becomes,
  {max_completion_tokens: 1, max_tokens: null},
  {sampling: {maxTokens: 1}, unkeyed: {maxTokensField: 'max_completion_tokens'}},
);
test(becomes, {logit_bias: {'7': 1.5}}, {sampling: {logitBias: {'7': 1.5}}});
test(becomes, {n: 128}, {candidates: 128});
test(becomes, {logprobs: true}, {logprobs: {top: 0}});
test(becomes, {logprobs: true, top_logprobs: 20}, {logprobs: {top: 20}});
test(becomes, {reasoning_effort: 'xhigh'}, {reasoning: {effort: 'xhigh'}});
test(becomes, {response_format: {type: 'json_object'}}, {output: {type: 'json'}});
test(becomes, {response_format: {type: 'json_object', json_schema: null}}, {output: {type: 'json'}});

const schema = {type: 'object', properties: {b: {type: ['string', 'null']}, a: {default: null}}};

test('a JSON schema keeps its descriptions and its nulls, its name and its strictness', t => {
  const format = (members: JsonObject) => ({
    response_format: {type: 'json_schema', json_schema: {name: 'x', schema, ...members}},
  });
  const {output} = decodeFields(format({}));
  t.deepEqual(output, {type: 'json-schema', schema, name: 'x'});
  t.is(JSON.stringify(output), JSON.stringify({type: 'json-schema', schema, name: 'x'}));
  const other = {...output, name: 'other', strict: true};
  t.deepEqual(decodeFields(format({name: 'other', strict: true})).output, other);
  t.deepEqual(decodeFields(format({strict: null, description: null})).output, output);
  t.deepEqual(decodeFields(format({description: 'A pair'})).output, {...output, description: 'A pair'});
});

test('seeds beyond 2^53 keep every digit in every spelling', t => {
  const seedOf = (digits: string) => asChat(decode(withRaw('seed', digits)).request);
  t.deepEqual(seedOf('9223372036854775807').extras, {seed: 9223372036854775807n});
  t.deepEqual(seedOf('-9223372036854775808').extras, {seed: -9223372036854775808n});
  t.deepEqual(seedOf('1e18').extras, seedOf('1000000000000000000').extras);
  t.notDeepEqual(seedOf('9007199254740993').extras, seedOf('9007199254740992').extras);
  t.is(seedOf('9007199254740993').sampling, undefined);
});

test('the model is the name in the body, or the deployment in the path if the body has none', t => {
  t.is(decode(bodyWith({})).modelName, 'gpt-4o');
  t.is(decode(bodyWith({}), {deployment: 'dep'}).modelName, 'gpt-4o');
  for (const model of [null, '']) {
    t.is(decode(bodyWith({model}), {deployment: 'dep'}).modelName, 'dep');
  }
  t.is(decode(bodyWith({model: 'x'})).request.model, undefined);
});

test('stream changes the delivery, not the request', t => {
  const unary = decode(bodyWith({}));
  const stream = decode(bodyWith({stream: true, stream_options: {include_usage: true}}));
  t.is(unary.answer.delivery, 'unary');
  t.is(stream.answer.delivery, 'stream');
  t.deepEqual(stream.request, unary.request);
  t.is(unary.answer.headers({id: 'a1', createdAt: 0})['content-type'], 'application/json');
  t.is(stream.answer.headers({id: 'a1', createdAt: 0})['content-type'], 'text/event-stream; charset=utf-8');
});

const text = (...texts: string[]) => texts.map(part => ({type: 'text', text: part}) as const);

const turnOf = test.macro({
  exec(t, message: JsonObject, expected: Turn) {
    t.deepEqual(decodeMessages(message), [expected]);
  },
  title: (_, message) => `message ${JSON.stringify(message)}`,
});

test(turnOf, {role: 'user', content: 'a'}, {role: 'user', parts: text('a')});
test(turnOf, {role: 'user', content: ''}, {role: 'user', parts: text('')});
test(turnOf, {role: 'user', content: [{type: 'text', text: 'a'}]}, {role: 'user', parts: text('a')});
test(
  turnOf,
  {
    role: 'user',
    content: [
      {type: 'text', text: 'one'},
      {type: 'text', text: 'two'},
    ],
  },
  {
    role: 'user',
    parts: text('one', 'two'),
  },
);
test(
  turnOf,
  {role: 'user', content: [{type: 'text', text: 'a', cache_control: {type: 'ephemeral'}}]},
  {
    role: 'user',
    parts: text('a'),
  },
);
test(turnOf, {role: 'user', content: []}, {role: 'user', parts: []});
test(turnOf, {role: 'user', content: null}, {role: 'user', parts: []});
test(turnOf, {role: 'user', name: 'ann', content: 'a'}, {role: 'user', name: 'ann', parts: text('a')});
test(turnOf, {role: 'system', content: 'a'}, {role: 'system', parts: text('a')});
test(turnOf, {role: 'developer', content: 'a'}, {role: 'system', parts: text('a')});
test(turnOf, {role: 'assistant', content: 'a'}, {role: 'assistant', parts: text('a')});
test(turnOf, {role: 'assistant', refusal: 'no'}, {role: 'assistant', parts: text('no')});
test(
  turnOf,
  {
    role: 'assistant',
    content: [
      {type: 'text', text: 'a'},
      {type: 'refusal', refusal: 'no'},
    ],
  },
  {
    role: 'assistant',
    parts: text('a', 'no'),
  },
);

const saysNothing = test.macro({
  exec(t, noise: JsonObject) {
    t.deepEqual(decodeMessages({role: 'assistant', ...noise}), [{role: 'assistant', parts: []}]);
    t.deepEqual(
      decodeMessages({role: 'assistant', content: 'a', ...noise, ...('content' in noise && {content: 'a'})}),
      decodeMessages({role: 'assistant', content: 'a'}),
    );
  },
  title: (_, noise) => `${JSON.stringify(noise)} in an assistant's message is ignored`,
});

test(saysNothing, {});
test(saysNothing, {content: ''});
test(saysNothing, {content: null});
test(saysNothing, {annotations: []});
test(saysNothing, {refusal: null});
test(saysNothing, {refusal: ''});
test(saysNothing, {audio: null});
test(saysNothing, {tool_calls: []});
test(saysNothing, {tool_calls: null});
test(saysNothing, {function_call: null});
test(saysNothing, {
  content: null,
  refusal: null,
  annotations: [],
  audio: null,
  tool_calls: [],
  function_call: null,
  reasoning_content: 'hm',
});

const unsupported = test.macro({
  exec(t, message: JsonObject, param: string) {
    t.like(refusalOf(bodyWith({messages: [{role: 'user', content: 'a'}, message]})), {
      status: 400,
      error: {type: 'invalid_request_error', param, code: 'not_supported'},
    });
  },
  title: (_, message) => `${JSON.stringify(message)} is not supported yet`,
});

test(
  unsupported,
  {role: 'user', content: [{type: 'input_audio', input_audio: {}}]},
  'messages[1].content[0].input_audio',
);
test(unsupported, {role: 'assistant', audio: {id: 'a'}}, 'messages[1].audio');

type Words = {readonly param: string | null; readonly code: string | null; readonly message: string};

const refuses = test.macro({
  exec(t, body: JsonValue | string, words: Words) {
    t.deepEqual(refusalOf(body), {status: 400, error: {...words, type: 'invalid_request_error'}});
  },
  title: (given, _body: JsonValue | string, words: Words) => given ?? words.message,
});

function withRaw(name: string, json: string): string {
  return `{"model":"m","messages":[{"role":"user","content":"hi"}],"${name}":${json}}`;
}

function type(param: string, expected: string, got: string): Words {
  const message = `Invalid type for '${param}': expected ${expected}, but got ${got} instead.`;
  return {param, code: 'invalid_type', message};
}

function missing(param: string): Words {
  return {param, code: 'missing_required_parameter', message: `Missing required parameter: '${param}'.`};
}

function unknown(param: string): Words {
  return {param, code: 'unknown_parameter', message: `Unknown parameter: '${param}'.`};
}

function invalid(param: string, code: string, fault: string): Words {
  return {param, code, message: `Invalid '${param}': ${fault}`};
}

function value(param: string, got: string, supported: string): Words {
  const message = `Invalid value: '${got}'. Supported values are: ${supported}.`;
  return {param, code: 'invalid_value', message};
}

const noModel: Words = {param: null, code: null, message: 'you must provide a model parameter'};
test('a missing model', refuses, {messages: []}, noModel);
test('an empty model name', refuses, bodyWith({model: ''}), noModel);
test(refuses, bodyWith({model: 7}), type('model', 'a string', 'an integer'));
for (const body of [[], 'null', '"text"', '7']) {
  test(`${JSON.stringify(body)} is not a body`, refuses, body, {
    param: null,
    code: null,
    message: 'We could not parse the JSON body of your request. Expected a JSON object.',
  });
}

test(refuses, {model: 'm'}, missing('messages'));
test('null messages count as missing', refuses, {model: 'm', messages: null}, missing('messages'));
test(
  refuses,
  {model: 'm', messages: []},
  invalid(
    'messages',
    'empty_array',
    'empty array. Expected an array with minimum length 1, but got an empty array instead.',
  ),
);
test(refuses, {model: 'm', messages: 'hi'}, type('messages', 'an array of objects', 'a string'));
test(refuses, {model: 'm', messages: ['hi']}, type('messages[0]', 'an object', 'a string'));
test(refuses, {model: 'm', messages: [null]}, type('messages[0]', 'an object', 'null'));
test(refuses, {model: 'm', messages: [{content: 'a'}]}, missing('messages[0].role'));
test(
  refuses,
  {model: 'm', messages: [{role: 'bogus', content: 'a'}]},
  value('messages[0].role', 'bogus', "'system', 'assistant', 'user', 'function', 'tool', and 'developer'"),
);
test(
  refuses,
  bodyWith({messages: [{role: 'user', content: 7}]}),
  type('messages[0].content', 'one of a string or array of objects', 'an integer'),
);
test(
  refuses,
  bodyWith({messages: [{role: 'user', content: {}}]}),
  type('messages[0].content', 'one of a string or array of objects', 'an object'),
);
test(
  refuses,
  bodyWith({messages: [{role: 'user', content: ['a']}]}),
  type('messages[0].content[0]', 'an object', 'a string'),
);
test(refuses, bodyWith({messages: [{role: 'user', content: [{}]}]}), missing('messages[0].content[0].type'));
test(
  refuses,
  bodyWith({messages: [{role: 'user', content: [{type: 'text'}]}]}),
  missing('messages[0].content[0].text'),
);
test(
  refuses,
  bodyWith({messages: [{role: 'user', content: [{type: 'text', text: 'a', bogus: 1}]}]}),
  unknown('messages[0].content[0].bogus'),
);
test(
  refuses,
  bodyWith({messages: [{role: 'user', content: [{type: 'refusal', refusal: 'no'}]}]}),
  value('messages[0].content[0].type', 'refusal', "'text', 'image_url', 'input_audio', and 'file'"),
);
test(
  refuses,
  bodyWith({messages: [{role: 'user', content: 'a', refusal: 'no'}]}),
  unknown('messages[0].refusal'),
);
test(refuses, bodyWith({messages: [{role: 'user', content: 'a', bogus: 1}]}), unknown('messages[0].bogus'));

for (const name of ['temperature', 'top_p', 'presence_penalty', 'frequency_penalty']) {
  test(refuses, bodyWith({[name]: '0.5'}), type(name, 'a decimal', 'a string'));
}
for (const name of ['n', 'seed', 'max_tokens', 'max_completion_tokens', 'top_k', 'top_logprobs']) {
  test(refuses, bodyWith({[name]: '5'}), type(name, 'an integer', 'a string'));
  test(refuses, bodyWith({[name]: 1.5}), type(name, 'an integer', 'a decimal number'));
}
for (const name of ['stream', 'logprobs', 'store']) {
  test(refuses, bodyWith({[name]: 'true'}), type(name, 'a boolean', 'a string'));
}
test(refuses, bodyWith({user: {a: 1}}), type('user', 'a string', 'an object'));
test(refuses, bodyWith({metadata: []}), type('metadata', 'an object', 'an array'));

const bounds: readonly (readonly [string, 'integer' | 'decimal', number, number])[] = [
  ['temperature', 'decimal', 0, 2],
  ['top_p', 'decimal', 0, 1],
  ['presence_penalty', 'decimal', -2, 2],
  ['frequency_penalty', 'decimal', -2, 2],
  ['n', 'integer', 1, 128],
  ['top_logprobs', 'integer', 0, 20],
];
for (const [name, kind, minimum, maximum] of bounds) {
  const above = maximum + 1;
  const below = minimum - 1;
  const expected = (sign: string, bound: number, got: number | string) =>
    `Expected a value ${sign} ${bound}, but got ${got} instead.`;
  test(
    refuses,
    bodyWith({[name]: above}),
    invalid(
      name,
      `${kind}_above_max_value`,
      `${kind} above maximum value. ${expected('<=', maximum, above)}`,
    ),
  );
  test(
    refuses,
    bodyWith({[name]: below}),
    invalid(
      name,
      `${kind}_below_min_value`,
      `${kind} below minimum value. ${expected('>=', minimum, below)}`,
    ),
  );
  const huge = '100000000000000000000';
  test(
    refuses,
    withRaw(name, huge),
    invalid(name, `${kind}_above_max_value`, `${kind} above maximum value. ${expected('<=', maximum, huge)}`),
  );
  test(
    refuses,
    withRaw(name, `-${huge}`),
    invalid(
      name,
      `${kind}_below_min_value`,
      `${kind} below minimum value. ${expected('>=', minimum, `-${huge}`)}`,
    ),
  );
}
test(
  refuses,
  bodyWith({max_tokens: 0}),
  invalid(
    'max_tokens',
    'integer_below_min_value',
    'integer below minimum value. Expected a value >= 1, but got 0 instead.',
  ),
);
test(
  refuses,
  withRaw('seed', '9223372036854775808'),
  invalid(
    'seed',
    'integer_above_max_value',
    'integer above maximum value. Expected a value <= 9223372036854775807, but got 9223372036854775808 instead.',
  ),
);
test(
  refuses,
  withRaw('seed', '-1e20'),
  invalid(
    'seed',
    'integer_below_min_value',
    'integer below minimum value. Expected a value >= -9223372036854775808, but got -100000000000000000000 instead.',
  ),
);
test(
  refuses,
  bodyWith({logit_bias: {'50256': 101}}),
  invalid(
    'logit_bias.50256',
    'decimal_above_max_value',
    'decimal above maximum value. Expected a value <= 100, but got 101 instead.',
  ),
);
test(refuses, bodyWith({logit_bias: {the: 1}}), unknown('logit_bias.the'));
test(refuses, bodyWith({logit_bias: {'1': '1'}}), type('logit_bias.1', 'a decimal', 'a string'));

test(refuses, bodyWith({stop: 7}), type('stop', 'one of a string or array of strings', 'an integer'));
test(refuses, bodyWith({stop: ['a', 7]}), type('stop[1]', 'a string', 'an integer'));
test(refuses, bodyWith({stop: [null]}), type('stop[0]', 'a string', 'null'));
test(
  refuses,
  bodyWith({stop: ['a', 'b', 'c', 'd', 'e']}),
  invalid(
    'stop',
    'array_above_max_length',
    'array too long. Expected an array with maximum length 4, but got an array with length 5 instead.',
  ),
);
for (const [stop, param] of [
  ['', 'stop'],
  [['a', ''], 'stop[1]'],
] as const) {
  test(
    refuses,
    bodyWith({stop}),
    invalid(
      param,
      'empty_string',
      'empty string. Expected a string with minimum length 1, but got an empty string instead.',
    ),
  );
}

test(refuses, bodyWith({max_tokens: 1, max_completion_tokens: 1}), {
  param: 'max_tokens',
  code: 'invalid_parameter_combination',
  message: "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
});
test(refuses, bodyWith({top_logprobs: 1}), {
  param: 'top_logprobs',
  code: null,
  message: "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
});
for (const fields of [{}, {stream: false}]) {
  test(
    `stream_options beside ${JSON.stringify(fields)}`,
    refuses,
    bodyWith({...fields, stream_options: {include_usage: true}}),
    {
      param: 'stream_options',
      code: null,
      message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    },
  );
}
test(refuses, bodyWith({stream: true, stream_options: {bogus: 1}}), unknown('stream_options.bogus'));
test(
  refuses,
  bodyWith({reasoning_effort: 'bogus'}),
  value('reasoning_effort', 'bogus', "'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'"),
);
test(refuses, bodyWith({verbosity: 'bogus'}), value('verbosity', 'bogus', "'low', 'medium', and 'high'"));
test(refuses, bodyWith({verbosity: 7}), type('verbosity', "one of 'low', 'medium', or 'high'", 'an integer'));

test(refuses, bodyWith({response_format: 'json'}), type('response_format', 'an object', 'a string'));
test(refuses, bodyWith({response_format: {}}), missing('response_format.type'));
test(
  refuses,
  bodyWith({response_format: {type: 'bogus'}}),
  value('response_format.type', 'bogus', "'json_object', 'json_schema', and 'text'"),
);
test(
  refuses,
  bodyWith({response_format: {type: 'json_object', schema: {}}}),
  unknown('response_format.schema'),
);
test(refuses, bodyWith({response_format: {type: 'json_schema'}}), missing('response_format.json_schema'));

const jsonSchema = (json_schema: JsonObject) =>
  bodyWith({response_format: {type: 'json_schema', json_schema}});
test(refuses, jsonSchema({}), missing('response_format.json_schema.name'));
test(refuses, jsonSchema({name: 'x'}), missing('response_format.json_schema.schema'));
test(refuses, jsonSchema({name: 'x', schema: {}, bogus: 1}), unknown('response_format.json_schema.bogus'));
test(
  refuses,
  jsonSchema({name: 'a b', schema: {}}),
  invalid(
    'response_format.json_schema.name',
    'invalid_value',
    "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
  ),
);
test(
  refuses,
  jsonSchema({name: 'a'.repeat(65), schema: {}}),
  invalid(
    'response_format.json_schema.name',
    'string_above_max_length',
    'string too long. Expected a string with maximum length 64, but got a string with length 65 instead.',
  ),
);
