import test from 'ava';
import type {JsonObject, JsonValue} from '../../../src/chat/json.js';
import {asChat} from '../../support/dialects.js';
import {type Asking, ask, configured, refusalOf} from './ask.js';
import {emptyGemini} from './ask-local.js';

/** What Google refuses, in its words. */
const hi: JsonObject = {contents: [{role: 'user', parts: [{text: 'Hi'}]}]};
const functions: JsonObject = {functionDeclarations: [{name: 'f'}]};
const call = {functionCall: {name: 'f'}};
const result = {functionResponse: {name: 'f', response: {}}};
const missingResults =
  'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.';

const refuses = test.macro({
  title: (name = '') => `refused: ${name}`,
  exec(t, body: JsonValue, message: string, asking: Asking = {}) {
    const refusal = refusalOf(body, asking);
    t.is(refusal.message, message);
    t.true(refusal.status >= 400 && refusal.status < 500);
  },
});

const accepts = test.macro({
  title: (name = '') => `accepted: ${name}`,
  exec(t, body: JsonValue, asking: Asking = {}) {
    t.is(ask(body, asking).request.operation, 'chat');
  },
});

const mixed =
  'Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling.';
test('search together with functions', refuses, {...hi, tools: [functions, {googleSearch: {}}]}, mixed);
test('two tools in one message', refuses, {...hi, tools: [{...functions, codeExecution: {}}]}, mixed);
test('search together with functions, if it is enabled', accepts, {
  ...hi,
  tools: [functions, {googleSearch: {}}],
  toolConfig: {includeServerSideToolInvocations: true},
});
test('search alone', accepts, {...hi, tools: [{googleSearch: {}}]});
test(
  'an unknown file search store',
  refuses,
  {...hi, tools: [{fileSearch: {fileSearchStoreNames: ['fileSearchStores/mine']}}]},
  'You do not have permission to access the FileSearchStore fileSearchStores/mine or it may not exist.',
);

test(
  'fewer function responses than calls',
  refuses,
  {contents: [{role: 'model', parts: [call, call]}, {parts: [result]}]},
  missingResults,
);
test(
  'no function response at all',
  refuses,
  {contents: [{role: 'model', parts: [call]}, {parts: [{text: 'Well?'}]}]},
  missingResults,
);
test(
  'fewer function responses in the middle of a conversation',
  refuses,
  {
    contents: [
      {role: 'model', parts: [call]},
      {parts: [{text: 'Hm'}]},
      {role: 'model', parts: [{text: 'a'}]},
      {parts: [{text: 'b'}]},
    ],
  },
  missingResults,
);
test('calls in two pieces of a stream, answered in one turn', accepts, {
  contents: [{role: 'model', parts: [call]}, {role: 'model', parts: [call]}, {parts: [result, result]}],
});
test('a conversation that ends with a call', accepts, {contents: [{role: 'model', parts: [call]}]});

const declared = (parameters: JsonObject): JsonObject => ({
  ...hi,
  tools: [{functionDeclarations: [{name: 'f', parameters}]}],
});
const json = (responseSchema: JsonObject) =>
  configured({responseMimeType: 'application/json', responseSchema});
test(
  'an array without items',
  refuses,
  declared({type: 'OBJECT', properties: {tags: {type: 'ARRAY'}}}),
  '* GenerateContentRequest.tools[0].function_declarations[0].parameters.properties[tags].items: missing field.\n',
);
test(
  'an array of arrays without items',
  refuses,
  json({type: 'ARRAY', items: {type: 'ARRAY'}}),
  '* GenerateContentRequest.generation_config.response_schema.items.items: missing field.\n',
);
test(
  'required that names no property',
  refuses,
  declared({type: 'OBJECT', properties: {text: {type: 'STRING'}}, required: ['text', 'ref']}),
  '* GenerateContentRequest.tools[0].function_declarations[0].parameters.required[1]: property is not defined\n',
);
test(
  'required in a branch',
  refuses,
  json({anyOf: [{type: 'OBJECT', required: ['a']}]}),
  '* GenerateContentRequest.generation_config.response_schema.any_of[0].required[0]: property is not defined\n',
);
test('required in a branch that names a property around it', accepts, {
  ...hi,
  generationConfig: {
    responseMimeType: 'application/json',
    responseSchema: {properties: {a: {type: 'STRING'}}, anyOf: [{type: 'OBJECT', required: ['a']}]},
  },
});

for (const [endpoint, request] of [
  ['generateContent', 'GenerateContentRequest'],
  ['streamGenerateContent', 'GenerateContentRequest'],
  ['countTokens', 'CountTokensRequest'],
] as const) {
  test(
    `the model of another provider: ${endpoint}`,
    refuses,
    hi,
    `* ${request}.model: unexpected model name format\n`,
    {endpoint, model: 'openai/gpt-5'},
  );
}
test('a tuned model', accepts, hi, {model: 'tunedModels/mine'});

test('a file of a type that the API does not read is refused when it is uploaded', async t => {
  const kept = emptyGemini();
  const upload = (mimeType: string) =>
    kept.ask('POST /upload/v1beta/files', {
      headers: {
        'x-goog-upload-protocol': 'resumable',
        'x-goog-upload-command': 'start',
        'x-goog-upload-header-content-type': mimeType,
      },
      body: {file: {}},
    });
  for (const type of ['application/zip', 'application/msword', 'font/woff2', 'application/cu-seeme']) {
    const answer = await upload(type);
    t.is(answer.status, 400, type);
    t.is(JSON.parse(String(answer.body)).error.message, `Unsupported MIME type: ${type}`);
  }
  for (const type of [
    'text/csv; charset=utf-8',
    'image/heic',
    'application/json',
    'application/pdf',
    'jsonl',
  ])
    t.is((await upload(type)).status, 200, type);
});

test('an object of Google Cloud Storage cannot be cached', async t => {
  const parts = [{fileData: {fileUri: 'gs://bucket/a.pdf', mimeType: 'application/pdf'}}];
  const body = {model: 'models/m', contents: [{role: 'user', parts}]};
  const refusal = await emptyGemini().refusalOf('POST /v1beta/cachedContents', {body});
  t.is(refusal.message, 'Invalid or unsupported file uri: gs://bucket/a.pdf');
  t.is(refusal.status, 400);
});

test('a schema in the API’s own types works as JSON Schema, and numbers in strings become numbers', t => {
  const schemaOf = (config: JsonObject) =>
    asChat(ask(configured({responseMimeType: 'application/json', ...config})).request).output;
  t.deepEqual(
    schemaOf({
      responseJsonSchema: {
        type: 'OBJECT',
        properties: {
          type: {type: 'INTEGER', enum: ['1', '2']},
          names: {type: 'ARRAY', items: {type: 'STRING', enum: ['1']}, minItems: '2'},
        },
      },
    }),
    {
      type: 'json-schema',
      schema: {
        type: 'object',
        properties: {
          type: {type: 'integer', enum: [1, 2]},
          names: {type: 'array', items: {type: 'string', enum: ['1']}, minItems: 2},
        },
      },
    },
  );
  const rating = {type: 'INTEGER', enum: ['1', '2'], nullable: true};
  t.deepEqual(schemaOf({responseSchema: rating}), {
    type: 'json-schema',
    schema: {type: ['integer', 'null'], enum: [1, 2, null]},
  });
  const {tools} = asChat(ask(declared({type: 'OBJECT', properties: {stars: rating}})).request);
  t.deepEqual(tools?.[0]?.parameters, {
    type: 'object',
    properties: {stars: {type: ['integer', 'null'], enum: [1, 2, null]}},
  });
});
