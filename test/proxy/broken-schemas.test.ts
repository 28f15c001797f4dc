import test from 'ava';
import type {JsonObject} from '../../src/chat/json.js';
import {externalUpstream} from '../../src/upstream/openai-compatible/external-upstream.js';
import {buildProxy} from '../support/build-proxy.js';
import {answering, failing, inTurn, type Script, scriptedUpstream} from '../support/scripted-upstream.js';

const broken = {type: 'object', properties: {city: {type: 'nonsense'}}, required: ['city']};
const problem = "'nonsense' is not valid under any of the given schemas";
const messages = [{role: 'user', content: 'Where?'}];
const contents = [{role: 'user', parts: [{text: 'Where?'}]}];

/** What each API answers to a broken schema: https://json-schema.org/draft/2020-12 */
const cases: Readonly<Record<string, {path: string; body: JsonObject; error: JsonObject}>> = {
  'a chat completion': {
    path: '/v1/chat/completions',
    body: {
      model: 'm',
      messages,
      response_format: {type: 'json_schema', json_schema: {name: 'place', schema: broken}},
    },
    error: {
      message: `Invalid schema for response_format 'place': In context=('properties', 'city'), ${problem}.`,
      type: 'invalid_request_error',
      param: 'response_format',
      code: null,
    },
  },
  'a function of a chat completion': {
    path: '/v1/chat/completions',
    body: {
      model: 'm',
      messages,
      tools: [
        {type: 'function', function: {name: 'fine'}},
        {type: 'function', function: {name: 'find', parameters: broken}},
      ],
    },
    error: {
      message: `Invalid schema for function 'find': In context=('properties', 'city'), ${problem}.`,
      type: 'invalid_request_error',
      param: 'tools[1].function.parameters',
      code: 'invalid_function_parameters',
    },
  },
  'a function in the older form': {
    path: '/v1/chat/completions',
    body: {model: 'm', messages, functions: [{name: 'find', parameters: broken}]},
    error: {
      message: `Invalid schema for function 'find': In context=('properties', 'city'), ${problem}.`,
      type: 'invalid_request_error',
      param: 'functions[0].parameters',
      code: 'invalid_function_parameters',
    },
  },
  'a response': {
    path: '/v1/responses',
    body: {
      model: 'm',
      input: 'Where?',
      text: {format: {type: 'json_schema', name: 'place', schema: {$ref: '#/$defs/Gone'}}},
    },
    error: {
      message:
        "Invalid schema for response_format 'place': In context=(), reference to component '#/$defs/Gone' which was not found in the schema.",
      type: 'invalid_request_error',
      param: 'text.format.schema',
      code: 'invalid_json_schema',
    },
  },
  'a function of a response': {
    path: '/v1/responses',
    body: {model: 'm', input: 'Where?', tools: [{type: 'function', name: 'find', parameters: broken}]},
    error: {
      message: `Invalid schema for function 'find': In context=('properties', 'city'), ${problem}.`,
      type: 'invalid_request_error',
      param: 'tools[0].parameters',
      code: 'invalid_function_parameters',
    },
  },
  'a message': {
    path: '/v1/messages',
    body: {
      model: 'm',
      max_tokens: 9,
      messages,
      output_config: {
        format: {
          type: 'json_schema',
          schema: {type: 'object', properties: {a: {type: 'string', pattern: '['}}},
        },
      },
    },
    error: {
      type: 'invalid_request_error',
      message:
        "output_config.format.schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). At $.properties.a: '[' is not a 'regex'",
    },
  },
  'a tool of a message': {
    path: '/v1/messages',
    body: {model: 'm', max_tokens: 9, messages, tools: [{name: 'find', input_schema: broken}]},
    error: {
      type: 'invalid_request_error',
      message: `tools.0.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). At $.properties.city: ${problem}`,
    },
  },
  generateContent: {
    path: '/v1beta/models/m:generateContent',
    body: {
      contents,
      generationConfig: {responseMimeType: 'application/json', responseJsonSchema: broken},
    },
    error: {
      code: 400,
      message: `* GenerateContentRequest.generation_config.response_json_schema.properties[city]: ${problem}.\n`,
      status: 'INVALID_ARGUMENT',
    },
  },
  'generateContent with an OpenAPI schema': {
    path: '/v1beta/models/m:generateContent',
    body: {
      contents,
      generationConfig: {
        responseMimeType: 'application/json',
        responseSchema: {type: 'ARRAY', items: {type: 'STRING', pattern: '('}},
      },
    },
    error: {
      code: 400,
      message: "* GenerateContentRequest.generation_config.response_schema.items: '(' is not a 'regex'.\n",
      status: 'INVALID_ARGUMENT',
    },
  },
  'a function of generateContent': {
    path: '/v1beta/models/m:generateContent',
    body: {contents, tools: [{functionDeclarations: [{name: 'find', parametersJsonSchema: broken}]}]},
    error: {
      code: 400,
      message: `* GenerateContentRequest.tools[0].function_declarations[0].parameters_json_schema.properties[city]: ${problem}.\n`,
      status: 'INVALID_ARGUMENT',
    },
  },
};

for (const [name, {path, body, error}] of Object.entries(cases))
  for (const isStreamed of [false, true])
    test(`a broken schema is a 400 that names the field: ${name}, ${isStreamed ? 'streamed' : 'unary'}`, async t => {
      const {post, requests} = await buildWithEngine(t, answering(['{}']));
      const isGemini = path.includes(':');
      const asked = isStreamed ? path.replace(':generate', ':streamGenerate') : path;
      const response = await post(asked, isStreamed && !isGemini ? {...body, stream: true} : body);
      t.is(response.status, 400);
      t.is(response.headers.get('x-should-retry'), 'false');
      const text = await response.text();
      const parsed = JSON.parse(text);
      const answer = Array.isArray(parsed) ? parsed[0] : parsed;
      const {details: _details, ...given} = answer.error;
      t.deepEqual(given, error, text);
      t.deepEqual(requests, [], 'the engine was not asked');
    });

test('an answer that the engine’s grammar let through and that does not fit says so', async t => {
  const {post} = await buildWithEngine(t, answering(['{"city":', '7}']));
  const schema = {
    type: 'object',
    properties: {city: {type: 'string', pattern: '^\\d+$'}},
    required: ['city'],
  };
  const response = await post('/v1/chat/completions', {
    model: 'm',
    messages,
    response_format: {type: 'json_schema', json_schema: {name: 'place', schema}},
  });
  t.is(response.status, 200);
  t.is(response.headers.get('x-retake-warning'), 'The answer does not fit the JSON schema of the request.');
});

test('a schema that the engine has no grammar for is asked again without, and the answer is checked', async t => {
  const refuses = failing(400, {
    error: {code: 400, message: 'Failed to initialize samplers: failed to parse grammar'},
  });
  const schema = {type: 'object', properties: {city: {type: 'string', pattern: '^ä+$'}}, required: ['city']};
  for (const [answer, warns] of [
    ['{"city":"ä"}', false],
    ['{"city":"b"}', true],
  ] as const) {
    const {post, requests} = await buildWithEngine(t, inTurn(refuses, answering([answer])));
    const response = await post('/v1/chat/completions', {
      model: 'm',
      messages,
      response_format: {type: 'json_schema', json_schema: {name: 'place', schema}},
    });
    t.is(response.status, 200);
    const warning = response.headers.get('x-retake-warning') ?? '';
    t.true(warning.includes('The engine has no grammar for the JSON schema of the request'), warning);
    t.is(warning.includes('does not fit'), warns, warning);
    t.deepEqual(
      requests.map(({body}) => body.response_format.json_schema.schema),
      [schema, {}],
    );
  }
});

test('references of every form reach the engine as definitions, and nullable ones keep their meaning', async t => {
  const {post, requests} = await buildWithEngine(t, answering(['{"a":1,"b":null}']));
  const schema = {
    type: 'object',
    properties: {
      a: {anyOf: [{type: 'integer'}, {type: 'null'}]},
      b: {$ref: '#/properties/a'},
      c: {$ref: '#'},
    },
    required: ['a', 'b'],
  };
  const response = await post('/v1/chat/completions', {
    model: 'm',
    messages,
    response_format: {type: 'json_schema', json_schema: {name: 'place', schema}},
  });
  t.is(response.status, 200);
  t.is(response.headers.get('x-retake-warning'), null);
  const nullable = {type: ['integer', 'null']};
  const properties = {a: nullable, b: {$ref: '#/$defs/a'}, c: {$ref: '#/$defs/root'}};
  t.deepEqual(requests[0]?.body.response_format.json_schema.schema, {
    type: 'object',
    properties,
    required: ['a', 'b'],
    $defs: {a: nullable, root: {type: 'object', properties, required: ['a', 'b']}},
  });
});

async function buildWithEngine(t: Parameters<typeof buildProxy>[0], script: Script) {
  const {url, requests} = await scriptedUpstream(t, script);
  return {...(await buildProxy(t, {upstream: externalUpstream({url})})), requests};
}
