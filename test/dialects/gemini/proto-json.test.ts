import {Value} from '@sinclair/typebox/value';
import test from 'ava';
import fc from 'fast-check';
import type {JsonValue} from '../../../src/chat/json.js';
import {GenerateContentRequest} from '../../../src/dialects/gemini/generate-content/schema.js';
import {decodeProtoJson} from '../../../src/dialects/gemini/proto-json.js';
import {bytes, enumeration, message, repeated} from '../../../src/dialects/gemini/proto-types.js';
import {RetakeError} from '../../../src/errors.js';
import {asChat} from '../../support/dialects.js';
import {ask, configured, refusalOf} from './ask.js';

const means = test.macro({
  exec(t, _: string, spelling: JsonValue, canonical: JsonValue) {
    t.deepEqual(ask(spelling).request, ask(canonical).request);
  },
  title: (_, what: string) => what,
});

const hi = {parts: [{text: 'Hi'}]};
test(means, 'a single object stands for a list', {contents: {parts: {text: 'Hi'}}}, {contents: [hi]});
test(
  means,
  'snake_case field names are accepted',
  {
    contents: [hi],
    system_instruction: {parts: [{text: 'S'}]},
    generation_config: {top_p: 0.5, max_output_tokens: 3},
  },
  {
    contents: [hi],
    systemInstruction: {parts: [{text: 'S'}]},
    generationConfig: {topP: 0.5, maxOutputTokens: 3},
  },
);
test(
  means,
  'null is the same as absent',
  {contents: [hi, null], systemInstruction: null, generationConfig: {topP: null, top_p: 0.5, seed: null}},
  {contents: [hi], generationConfig: {topP: 0.5}},
);
test(
  means,
  'numbers may be strings, and integers may be written as floats',
  configured({
    temperature: '0.5',
    topP: '5e-1',
    topK: '40',
    seed: '-7',
    maxOutputTokens: 5,
    candidateCount: '2',
  }),
  configured({temperature: 0.5, topP: 0.5, topK: 40.0, seed: -7.0, maxOutputTokens: 5.0, candidateCount: 2}),
);
test(
  means,
  'a single string stands for a list',
  configured({stopSequences: 'a'}),
  configured({stopSequences: ['a']}),
);
test(
  means,
  'enums are named in any case, or by number',
  configured({thinkingConfig: {thinkingLevel: 'low'}, responseModalities: [1]}),
  configured({thinkingConfig: {thinkingLevel: 1}, responseModalities: ['text']}),
);
test(
  means,
  'the types of a schema may be lower-case and its sizes strings',
  configured({
    responseMimeType: 'application/json',
    responseSchema: {type: 'array', items: {type: 'string', minLength: '2'}, maxItems: '3'},
  }),
  configured({
    responseMimeType: 'application/json',
    responseSchema: {type: 'ARRAY', items: {type: 'STRING', minLength: 2}, maxItems: 3},
  }),
);
test(
  means,
  'responseJsonSchema is accepted under every name of the real message',
  configured({responseMimeType: 'application/json', response_json_schema: {type: 'string'}}),
  configured({responseMimeType: 'application/json', _responseJsonSchema: {type: 'string'}}),
);

const complains = test.macro({
  exec(t, body: JsonValue, message: string, field?: string) {
    const refusal = refusalOf(body);
    t.like(refusal, {code: 'invalid_request', status: 400, message, field});
  },
  title: (_, body: JsonValue) => `${JSON.stringify(body)} is refused`,
});

for (const body of [[], 'x', 1, null, true]) {
  test(complains, body, 'Invalid JSON payload received. Unknown name "": Root element must be a message.');
}
test(complains, {x: 1}, 'Invalid JSON payload received. Unknown name "x": Cannot find field.');
test(
  complains,
  {generationConfig: {x: 1}},
  'Invalid JSON payload received. Unknown name "x" at \'generation_config\': Cannot find field.',
  'generation_config',
);
test(
  complains,
  {contents: [{parts: [{text: 'a'}, {txt: 'b'}]}]},
  'Invalid JSON payload received. Unknown name "txt" at \'contents[0].parts[1]\': Cannot find field.',
  'contents[0].parts[1]',
);
test(
  complains,
  {generationConfig: {responseSchema: {properties: {a: {}, b: {additionalProperties: false}}}}},
  'Invalid JSON payload received. Unknown name "additionalProperties" at \'generation_config.response_schema.properties[1].value\': Cannot find field.',
  'generation_config.response_schema.properties[1].value',
);
test(
  complains,
  {generationConfig: {topP: 0.5, top_p: 0.5}},
  "Invalid value at 'generation_config' (oneof), field 'topP' is already set. Cannot set 'top_p'",
  'generation_config',
);
test(
  complains,
  {contents: [{parts: [{text: 'a', inlineData: {}}]}]},
  "Invalid value at 'contents[0].parts[0]' (oneof), oneof field 'data' is already set. Cannot set 'inlineData'",
  'contents[0].parts[0]',
);
test(
  complains,
  {contents: ['a']},
  'Invalid value at \'contents[0]\' (type.googleapis.com/google.ai.generativelanguage.v1beta.Content), "a"',
  'contents[0]',
);
test(complains, {labels: 'a'}, 'Invalid value at \'labels\' (TYPE_MESSAGE), "a"', 'labels');

const refusesValue = test.macro({
  exec(t, config: {[name: string]: JsonValue}, field: string, type: string, text: string) {
    const path = `generation_config.${field}`;
    t.like(refusalOf(configured(config)), {
      code: 'invalid_request',
      message: `Invalid value at '${path}' (${type}), ${text}`,
      field: path,
    });
  },
  title: (_, config: {[name: string]: JsonValue}) => `${JSON.stringify(config, jsonOfBigint)} is refused`,
});

function jsonOfBigint(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

test(refusesValue, {temperature: 'abc'}, 'temperature', 'TYPE_FLOAT', '"abc"');
test(refusesValue, {temperature: ''}, 'temperature', 'TYPE_FLOAT', '""');
test(refusesValue, {temperature: ' 1'}, 'temperature', 'TYPE_FLOAT', '" 1"');
test(refusesValue, {temperature: '0x1'}, 'temperature', 'TYPE_FLOAT', '"0x1"');
test(refusesValue, {temperature: true}, 'temperature', 'TYPE_FLOAT', 'true');
test(refusesValue, {topK: 1.5}, 'top_k', 'TYPE_INT32', '1.5');
test(refusesValue, {topK: '1e3'}, 'top_k', 'TYPE_INT32', '"1e3"');
test(refusesValue, {seed: 3_812_238_859}, 'seed', 'TYPE_INT32', '3812238859');
test(refusesValue, {seed: 12345678901234567890n}, 'seed', 'TYPE_INT32', '12345678901234567890');
test(refusesValue, {stopSequences: ['a', 5]}, 'stop_sequences[1]', 'TYPE_STRING', '5');
test(refusesValue, {responseLogprobs: 'true'}, 'response_logprobs', 'TYPE_BOOL', '"true"');
test(refusesValue, {responseLogprobs: 1}, 'response_logprobs', 'TYPE_BOOL', '1');
test(
  refusesValue,
  {mediaResolution: 'HUGE'},
  'media_resolution',
  'type.googleapis.com/google.ai.generativelanguage.v1beta.GenerationConfig.MediaResolution',
  '"HUGE"',
);
test(
  refusesValue,
  {responseSchema: {type: 'text'}},
  'response_schema.type',
  'type.googleapis.com/google.ai.generativelanguage.v1beta.Type',
  '"text"',
);
test(refusesValue, {responseSchema: {enum: [1]}}, 'response_schema.enum[0]', 'TYPE_STRING', '1');

test('a list where one value is expected is refused', t => {
  t.is(
    refusalOf(configured({temperature: [1]})).message,
    'Invalid JSON payload received. Unknown name "temperature" at \'generation_config\': Proto field is not repeating, cannot start list.',
  );
});

test('an object where a scalar is expected is refused', t => {
  t.is(
    refusalOf(configured({maxOutputTokens: {}})).message,
    "Invalid value at 'generation_config' (max_output_tokens), Starting an object on a scalar field",
  );
});

test('all errors of a body are reported at once, up to a readable number', t => {
  const {message} = refusalOf({x: 1, generationConfig: {y: 2, seed: 'z'}});
  t.deepEqual(message.split('\n'), [
    'Invalid JSON payload received. Unknown name "x": Cannot find field.',
    'Invalid JSON payload received. Unknown name "y" at \'generation_config\': Cannot find field.',
    'Invalid value at \'generation_config.seed\' (TYPE_INT32), "z"',
  ]);
  const many = Object.fromEntries(Array.from({length: 1000}, (_, index) => [`x${index}`, 1]));
  t.is(refusalOf(many).message.split('\n').length, 50);
});

test('bytes are accepted in either base64 alphabet, with or without padding and line breaks', t => {
  const Blob = message('Blob', {data: bytes()});
  for (const data of ['+/8=', '+/8', '-_8=', '-_8', '+/\n8=\n']) {
    t.deepEqual(decodeProtoJson(Blob, {data}).data, new Uint8Array([0xfb, 0xff]), data);
  }
  for (const data of ['a', '+/8=8', 'a*b=', 5]) {
    t.throws(() => decodeProtoJson(Blob, {data}), {instanceOf: RetakeError}, String(data));
  }
});

test('keys in user data are not treated as fields', t => {
  const schema = {
    type: 'object',
    properties: {max_items: {type: 'integer'}, maxItems: {type: 'integer'}},
    default: {max_items: 1},
  };
  const {request} = ask(configured({responseMimeType: 'application/json', responseJsonSchema: schema}));
  t.deepEqual(asChat(request).output, {type: 'json-schema', schema});
  const openApi = {
    ...schema,
    type: 'OBJECT',
    properties: {max_items: {type: 'INTEGER'}, maxItems: {type: 'INTEGER'}},
  };
  const converted = ask(configured({responseMimeType: 'application/json', responseSchema: openApi}));
  t.deepEqual(asChat(converted.request).output, {type: 'json-schema', schema});
});

test('any JSON is either decoded to the schema’s type or refused', t => {
  const fields = [
    'contents',
    'generationConfig',
    'parts',
    'text',
    'role',
    'topK',
    'seed',
    'enum',
    'properties',
    'items',
  ];
  const json = fc.letrec<{value: JsonValue}>(tie => ({
    value: fc.oneof(
      {depthSize: 'small'},
      fc.constantFrom<JsonValue>(null, true, 0, 1.5, -1, '', '7', 'STRING', 10n ** 20n),
      fc.array(tie('value'), {maxLength: 3}),
      fc.dictionary(fc.constantFrom(...fields), tie('value')),
    ),
  })).value;
  fc.assert(
    fc.property(json, value => {
      try {
        return Value.Check(GenerateContentRequest, decodeProtoJson(GenerateContentRequest, value));
      } catch (error) {
        return error instanceof RetakeError && error.status === 400;
      }
    }),
    {numRuns: 2000},
  );
  t.pass();
});

test('an unknown enum number is refused, and - is read as _', t => {
  const Mode = message('Mode', {modes: repeated(enumeration('Mode', ['MODE_UNSPECIFIED', 'MODE_ANY']))});
  t.deepEqual(decodeProtoJson(Mode, {modes: ['mode-any', 1, '1']}).modes, [
    'MODE_ANY',
    'MODE_ANY',
    'MODE_ANY',
  ]);
  t.throws(() => decodeProtoJson(Mode, {modes: [2]}), {instanceOf: RetakeError});
});
