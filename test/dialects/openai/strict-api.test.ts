import test from 'ava';
import type {JsonObject} from '../../../src/chat/json.js';
import {buildProxy} from '../../support/build-proxy.js';
import {ends, says, scriptedModel} from '../../support/scripted-model.js';

type Strictness = 'warn' | 'error' | 'off';

const asking = async (t: Parameters<typeof buildProxy>[0], strictApi?: Strictness) => {
  const {upstream, asked} = scriptedModel(() => [says('{}'), ends()]);
  const told: string[] = [];
  return {
    ...(await buildProxy(t, {upstream, strictApi, onRefusedByApi: message => told.push(message)})),
    asked,
    told,
  };
};

const object = (properties: JsonObject, rest: JsonObject = {}) => ({type: 'object', properties, ...rest});
const closed = {additionalProperties: false};
const text = {type: 'string'};

/** Schemas, whether they are strict, and what the API says about them; undefined if it takes them. */
const schemas: readonly (readonly [JsonObject, boolean, string | undefined])[] = [
  [
    object({a: text}),
    true,
    "In context=(), 'additionalProperties' is required to be supplied and to be false.",
  ],
  [
    object({a: text}, closed),
    true,
    "In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'a'.",
  ],
  [
    object({a: object({b: text})}, {...closed, required: ['a']}),
    true,
    "In context=('properties', 'a'), 'additionalProperties' is required to be supplied and to be false.",
  ],
  [
    object({a: {type: 'array', items: object({b: text}, closed)}}, {...closed, required: ['a']}),
    true,
    "In context=('properties', 'a', 'items'), 'required' is required to be supplied and to be an array including every key in properties. Missing 'b'.",
  ],
  [
    object({a: {anyOf: [{type: 'null'}, object({})]}}, {...closed, required: ['a']}),
    true,
    "In context=('properties', 'a', 'anyOf', '1'), 'additionalProperties' is required to be supplied and to be false.",
  ],
  [object({a: {type: 'array'}}), false, "In context=('properties', 'a'), array schema missing items."],
  [
    {type: 'array', items: text},
    false,
    `schema must be a JSON Schema of 'type: "object"', got 'type: "array"'.`,
  ],
  [object({a: text}), false, undefined],
  [object({a: text, required: text}, {...closed, required: ['a', 'required']}), true, undefined],
  [object({items: text}), false, undefined],
];

const model = 'gpt-5.1';
const user = {role: 'user', content: 'hi'};

for (const [schema, strict, problem] of schemas) {
  const title = JSON.stringify(schema);
  const requests: readonly (readonly [string, JsonObject, string, string])[] = [
    [
      '/v1/chat/completions',
      {
        model,
        messages: [user],
        response_format: {type: 'json_schema', json_schema: {name: 'n', schema, strict}},
      },
      "response_format 'n'",
      'response_format',
    ],
    [
      '/v1/chat/completions',
      {
        model,
        messages: [user],
        tools: [{type: 'function', function: {name: 'n', parameters: schema, strict}}],
      },
      "function 'n'",
      'tools[0].function.parameters',
    ],
    [
      '/v1/responses',
      {model, input: 'hi', text: {format: {type: 'json_schema', name: 'n', schema, strict}}},
      "response_format 'n'",
      'text.format.schema',
    ],
    [
      '/v1/responses',
      {model, input: 'hi', tools: [{type: 'function', name: 'n', parameters: schema, strict}]},
      "function 'n'",
      'tools[0].parameters',
    ],
  ];
  test(`${strict ? 'strict ' : ''}${title} is ${problem === undefined ? 'taken' : 'refused by the real API'}`, async t => {
    const {post, asked} = await asking(t, 'error');
    for (const [path, body, what, param] of requests) {
      const response = await post(path, body);
      const {error} = JSON.parse(await response.text());
      t.is(response.status, problem === undefined ? 200 : 400);
      if (problem === undefined) continue;
      t.is(error.message.split('\n')[0], `Invalid schema for ${what}: ${problem}`);
      t.is(error.param, param);
    }
    t.is(asked.length > 0, problem === undefined);
  });
}

test('JSON mode needs the word in a message, in any case and place', async t => {
  const {post} = await asking(t, 'error');
  const chat = (content: string) =>
    post('/v1/chat/completions', {
      model,
      messages: [{role: 'system', content}, user],
      response_format: {type: 'json_object'},
    });
  const refused = await chat('Be brief.');
  t.is(refused.status, 400);
  t.regex(
    JSON.parse(await refused.text()).error.message,
    /^'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'\./,
  );
  t.is((await chat('Answer as JSON.')).status, 200);
  const response = await post('/v1/responses', {
    model,
    input: 'hi',
    text: {format: {type: 'json_object'}},
  });
  t.is(response.status, 400);
  t.is(JSON.parse(await response.text()).error.param, 'input');
});

const loose = {
  model,
  messages: [user],
  response_format: {type: 'json_object'},
};

test('by default such a request is answered with a warning, and reported once', async t => {
  const {post, told} = await asking(t);
  for (let index = 0; index < 3; index++) {
    const response = await post('/v1/chat/completions', loose);
    t.is(response.status, 200);
    t.regex(
      response.headers.get('x-retake-warning') ?? '',
      /^The real API refuses this request: 'messages' must/,
    );
  }
  t.is(told.length, 1);
});

test('turned off, it is answered like any other', async t => {
  const {post, told} = await asking(t, 'off');
  const response = await post('/v1/chat/completions', loose);
  t.is(response.status, 200);
  t.is(response.headers.get('x-retake-warning'), null);
  t.deepEqual(told, []);
});

test('the error names the option and its flag', async t => {
  const {post} = await asking(t, 'error');
  const {error} = JSON.parse(await (await post('/v1/chat/completions', loose)).text());
  t.regex(error.message, /the option `strictApi` \(--strict-api\)/);
});
