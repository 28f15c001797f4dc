import test, {type ExecutionContext} from 'ava';
import {buildProxy} from '../support/build-proxy.js';

/** A request in wire format, for one of the two APIs. */
type Asked = {readonly gemini: object | string} | {readonly openai: object | string};

const geminiPath = '/v1beta/models/gemini-2.5-flash:generateContent';
const openaiPath = '/v1/chat/completions';

/** The keys of the requests: a strict replay of an empty cassette returns each in the miss. */
async function keysOf(t: ExecutionContext, questions: readonly Asked[]): Promise<readonly string[]> {
  const {post} = await buildProxy(t, {mode: 'replay'});
  const keys: string[] = [];
  for (const asked of questions) {
    const response =
      'gemini' in asked ? await post(geminiPath, asked.gemini) : await post(openaiPath, asked.openai);
    const body = await response.text();
    t.is(response.status, 400, `${JSON.stringify(asked)} → ${body}`);
    keys.push(response.headers.get('x-retake-key') ?? 'none');
  }
  return keys;
}

const same = test.macro({
  title: (_name, ruling) => `the same: ${ruling}`,
  async exec(t, _ruling: string, ...questions: readonly Asked[]) {
    const keys = await keysOf(t, questions);
    t.is(new Set(keys).size, 1, JSON.stringify(keys));
  },
});

const different = test.macro({
  title: (_name, ruling) => `different: ${ruling}`,
  async exec(t, _ruling: string, ...questions: readonly Asked[]) {
    const keys = await keysOf(t, questions);
    t.is(new Set(keys).size, questions.length, JSON.stringify(keys));
  },
});

const hi = {contents: [{role: 'user', parts: [{text: 'hi'}]}]};
const hiMessages = [{role: 'user', content: 'hi'}];
const gemini = (more: object): Asked => ({gemini: {...hi, ...more}});
const config = (generationConfig: object): Asked => gemini({generationConfig});
const openai = (more: object): Asked => ({openai: {model: 'gpt-4o', messages: hiMessages, ...more}});
const messages = (...all: readonly object[]): Asked => openai({messages: all});
const jsonSchema = (schema: object, more: object = {}): Asked =>
  openai({response_format: {type: 'json_schema', json_schema: {name: 'answer', schema, ...more}}});
const geminiSchema = (responseSchema: object): Asked =>
  config({responseMimeType: 'application/json', responseSchema});
const geminiJsonSchema = (responseJsonSchema: object): Asked =>
  config({responseMimeType: 'application/json', responseJsonSchema});

test(
  same,
  'one request through either API, in any spelling',
  gemini({}),
  openai({}),
  {gemini: {contents: {parts: {text: 'hi'}}}},
  {
    openai: `{"messages":[{"content":[{"type":"text","text":"hi"}],"role":"user"}],"stream":true,"model":"x"}`,
  },
  gemini({generationConfig: {}, safetySettings: [], tools: []}),
);
test(
  different,
  'a different question',
  openai({}),
  messages({role: 'user', content: 'ho'}),
  messages({role: 'user', content: 'hi '}),
);

test(same, 'the model named by the client', openai({model: 'gpt-4o'}), openai({model: 'o3'}), gemini({}));
test(
  same,
  'fields without effect (OpenAI)',
  openai({}),
  openai({
    user: 'u',
    metadata: {a: 'b'},
    store: true,
    service_tier: 'auto',
    safety_identifier: 's',
    prompt_cache_key: 'k',
    prompt_cache_retention: '24h',
    stream: true,
    stream_options: {include_usage: true},
  }),
);
test(
  same,
  'fields without effect (Gemini)',
  gemini({}),
  gemini({
    safetySettings: [{category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE'}],
    labels: {team: 'a'},
  }),
);
test(
  different,
  'an unknown field of OpenAI is passed on and hashed',
  openai({}),
  openai({min_p: 0.1}),
  openai({min_p: 0.2}),
  openai({verbosity: 'low'}),
);

test(
  different,
  'two turns of one role, or one turn with both texts',
  messages({role: 'user', content: 'a'}, {role: 'user', content: 'b'}),
  messages({
    role: 'user',
    content: [
      {type: 'text', text: 'a'},
      {type: 'text', text: 'b'},
    ],
  }),
  messages({role: 'user', content: 'ab'}),
);
test(
  same,
  'text parts through either API',
  {gemini: {contents: [{parts: [{text: 'one'}, {text: 'two'}]}]}},
  messages({
    role: 'user',
    content: [
      {type: 'text', text: 'one'},
      {type: 'text', text: 'two'},
    ],
  }),
);
test(
  different,
  'text parts, or their texts joined',
  {gemini: {contents: [{parts: [{text: 'one'}, {text: 'two'}]}]}},
  {gemini: {contents: [{parts: [{text: 'onetwo'}]}]}},
);
test(
  same,
  'empty system text, or none',
  openai({}),
  gemini({}),
  gemini({systemInstruction: {parts: [{text: ''}]}}),
  messages({role: 'system', content: ''}, ...hiMessages),
);
test(
  same,
  'developer, system, systemInstruction',
  messages({role: 'system', content: 's'}, ...hiMessages),
  messages({role: 'developer', content: 's'}, ...hiMessages),
  gemini({systemInstruction: {parts: [{text: 's'}]}}),
  gemini({system_instruction: {role: 'user', parts: {text: 's'}}}),
);
test(
  different,
  'a system text, or a user turn with it',
  messages({role: 'system', content: 's'}, ...hiMessages),
  messages({role: 'user', content: 's'}, ...hiMessages),
  openai({}),
);
test(
  same,
  'unrelated fields in the history (OpenAI)',
  messages(...hiMessages, {role: 'assistant', content: 'yo'}, ...hiMessages),
  messages(
    ...hiMessages,
    {
      role: 'assistant',
      content: 'yo',
      refusal: null,
      annotations: [],
      tool_calls: [],
      function_call: null,
      audio: null,
    },
    ...hiMessages,
  ),
);
test(
  same,
  'an empty model turn, or none',
  messages(...hiMessages, {role: 'assistant', content: ''}, ...hiMessages),
  messages(...hiMessages, ...hiMessages),
  gemini({contents: [...hi.contents, {role: 'model', parts: [{text: ''}]}, ...hi.contents]}),
);
test(
  same,
  'thoughts and their signatures in the history (Gemini)',
  gemini({contents: [...hi.contents, {role: 'model', parts: [{text: 'yo'}]}, ...hi.contents]}),
  gemini({
    contents: [
      ...hi.contents,
      {
        role: 'model',
        parts: [
          {text: 'hm', thought: true},
          {text: 'yo', thoughtSignature: 'aGk='},
        ],
      },
      ...hi.contents,
    ],
  }),
  messages(...hiMessages, {role: 'assistant', content: 'yo'}, ...hiMessages),
);

test(different, 'temperature 1, or absent', openai({}), openai({temperature: 1}), openai({temperature: 0}));
test(different, 'topP 1, or absent', gemini({}), config({topP: 1}));
test(
  same,
  'sampling numbers as float32',
  openai({temperature: 0.7}),
  openai({temperature: 0.699999988079071}),
  config({temperature: 0.7}),
  config({temperature: '0.7'}),
  openai({temperature: 0.7}),
);
test(
  different,
  'sampling numbers with different float32 values',
  openai({temperature: 0.7}),
  openai({temperature: 0.7001}),
);
test(
  same,
  'numbers 1, 1.0 and "1" (ProtoJSON)',
  openai({seed: 1, temperature: 1}),
  config({seed: '1', temperature: 1}),
  {gemini: '{"contents":[{"parts":[{"text":"hi"}]}],"generationConfig":{"seed":1.0,"temperature":1.0}}'},
  {openai: `{"model":"m","messages":${JSON.stringify(hiMessages)},"seed":1,"temperature":1.0}`},
);
test(same, 'top_k through either API', openai({top_k: 40}), config({topK: 40}), config({top_k: 40}));
test(
  same,
  'every sampling field has one meaning',
  config({
    temperature: 0.5,
    topP: 0.9,
    maxOutputTokens: 7,
    seed: 3,
    presencePenalty: 0.25,
    frequencyPenalty: -0.5,
    stopSequences: ['b', 'a'],
    candidateCount: 2,
    responseLogprobs: true,
    logprobs: 3,
  }),
  openai({
    temperature: 0.5,
    top_p: 0.9,
    max_tokens: 7,
    seed: 3,
    presence_penalty: 0.25,
    frequency_penalty: -0.5,
    stop: ['a', 'b'],
    n: 2,
    logprobs: true,
    top_logprobs: 3,
  }),
  openai({
    temperature: 0.5,
    top_p: 0.9,
    max_completion_tokens: 7,
    seed: 3,
    presence_penalty: 0.25,
    frequency_penalty: -0.5,
    stop: ['a', 'b', 'a'],
    n: 2,
    logprobs: true,
    top_logprobs: 3,
  }),
);
test(
  different,
  'each sampling field, and each of its values',
  openai({}),
  ...['temperature', 'top_p', 'presence_penalty', 'frequency_penalty'].flatMap(field => [
    openai({[field]: 0.25}),
    openai({[field]: 0.5}),
  ]),
  ...['seed', 'max_tokens', 'top_k', 'n'].flatMap(field => [openai({[field]: 2}), openai({[field]: 3})]),
  openai({stop: 'x'}),
  openai({stop: ['x', 'y']}),
  openai({logprobs: true}),
  openai({logprobs: true, top_logprobs: 2}),
  openai({logit_bias: {'5': 1}}),
  openai({logit_bias: {'5': 2}}),
  openai({reasoning_effort: 'low'}),
  openai({reasoning_effort: 'high'}),
);
test(
  same,
  'stop order',
  openai({stop: ['a', 'b']}),
  openai({stop: ['b', 'a']}),
  config({stopSequences: ['b', 'a']}),
);
test(same, 'one candidate, or absent', openai({}), openai({n: 1}), config({candidateCount: 1}));
test(
  same,
  'null, or absent',
  openai({}),
  openai({temperature: null, stop: null, n: null, response_format: null, seed: null}),
);
test(
  same,
  'text output, or absent',
  openai({}),
  openai({response_format: {type: 'text'}}),
  config({responseMimeType: 'text/plain'}),
);
test(
  same,
  'reasoning effort on one scale',
  openai({reasoning_effort: 'low'}),
  config({thinkingConfig: {thinkingLevel: 'LOW'}}),
);
test(
  different,
  'a thinking level, or a budget',
  config({thinkingConfig: {thinkingLevel: 'LOW'}}),
  config({thinkingConfig: {thinkingBudget: 1024}}),
  gemini({}),
);

const person = {
  type: 'object',
  properties: {name: {type: 'string'}, age: {type: 'integer'}},
  required: ['name', 'age'],
};
test(
  same,
  'JSON output through either API',
  openai({response_format: {type: 'json_object'}}),
  config({responseMimeType: 'application/json'}),
);
test(
  same,
  'a schema through either API',
  jsonSchema(person),
  geminiJsonSchema(person),
  geminiSchema({
    type: 'OBJECT',
    properties: {name: {type: 'STRING'}, age: {type: 'INTEGER'}},
    required: ['name', 'age'],
  }),
  geminiSchema({
    type: 'object',
    properties: {age: {type: 'integer'}, name: {type: 'string'}},
    propertyOrdering: ['name', 'age'],
    required: ['name', 'age'],
  }),
);
test(
  same,
  'schema keywords without effect',
  jsonSchema(person),
  jsonSchema(person, {strict: true}),
  jsonSchema({
    ...person,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Person',
    additionalProperties: false,
  }),
  jsonSchema({...person, required: ['age', 'name']}),
);
test(
  same,
  'the name of a schema',
  jsonSchema(person),
  openai({response_format: {type: 'json_schema', json_schema: {name: 'other', schema: person}}}),
);
test(
  different,
  'description, default, additionalProperties: true',
  jsonSchema(person),
  jsonSchema({...person, description: 'x'}),
  jsonSchema({...person, default: {}}),
  jsonSchema({...person, additionalProperties: true}),
);
test(
  different,
  'the order of properties',
  jsonSchema(person),
  jsonSchema({...person, properties: {age: person.properties.age, name: person.properties.name}}),
);
test(
  different,
  'the order of an enum',
  jsonSchema({type: 'string', enum: ['a', 'b']}),
  jsonSchema({type: 'string', enum: ['b', 'a']}),
);
test(
  same,
  'a nullable property, in each spelling',
  jsonSchema({type: 'object', properties: {a: {type: ['string', 'null']}}}),
  jsonSchema({type: 'object', properties: {a: {type: ['null', 'string']}}}),
  jsonSchema({type: 'object', properties: {a: {anyOf: [{type: 'string'}, {type: 'null'}]}}}),
  jsonSchema({type: 'object', properties: {a: {type: 'string', nullable: true}}}),
  geminiSchema({type: 'OBJECT', properties: {a: {type: 'STRING', nullable: true}}}),
);
test(
  different,
  'a nullable property, or one that is not',
  jsonSchema({type: 'object', properties: {a: {type: ['string', 'null']}}}),
  jsonSchema({type: 'object', properties: {a: {type: 'string'}}}),
);
test(
  same,
  'a format that grammars ignore, or none',
  jsonSchema({type: 'integer', format: 'int32'}),
  jsonSchema({type: 'integer'}),
  geminiSchema({type: 'INTEGER', format: 'int32'}),
);
test(
  different,
  'a format that grammars enforce, or none',
  jsonSchema({type: 'string', format: 'date'}),
  jsonSchema({type: 'string'}),
);
test(
  same,
  'bounds of a schema as numbers or numeric strings',
  jsonSchema({type: 'string', minLength: 2}),
  geminiSchema({type: 'STRING', minLength: '2'}),
);
test(
  different,
  'a property with the name of a keyword is not a keyword',
  jsonSchema({type: 'object', properties: {title: {type: 'string'}}}),
  jsonSchema({type: 'object', properties: {}}),
  jsonSchema({type: 'object', properties: {$schema: {type: 'string'}}}),
);
test(
  different,
  'JSON with an enum, or a bare enum',
  geminiSchema({type: 'STRING', enum: ['a', 'b']}),
  config({responseMimeType: 'text/x.enum', responseSchema: {type: 'STRING', enum: ['a', 'b']}}),
);

test(
  same,
  'a secret that was rotated',
  messages({role: 'user', content: `my key is sk-proj-${'a1'.repeat(20)}`}),
  messages({role: 'user', content: `my key is sk-proj-${'b2'.repeat(20)}`}),
);
test(
  different,
  'one secret twice, or two secrets',
  messages({role: 'user', content: `sk-proj-${'a1'.repeat(20)} sk-proj-${'a1'.repeat(20)}`}),
  messages({role: 'user', content: `sk-proj-${'a1'.repeat(20)} sk-proj-${'b2'.repeat(20)}`}),
);

test('with forwardModel, the client’s model name is part of the key', async t => {
  const {post} = await buildProxy(t, {mode: 'replay', keySettings: {forwardModel: true}});
  const keyOf = async (model: string) =>
    (await post(openaiPath, {model, messages: hiMessages})).headers.get('x-retake-key');
  t.not(await keyOf('gpt-4o'), await keyOf('o3'));
  t.is(await keyOf('o3'), await keyOf('o3'));
});

test('ignore rules mask volatile values, by pattern and by pointer', async t => {
  const keySettings = {ignore: [{pattern: '\\d{4}-\\d{2}-\\d{2}'}, {pointer: '/sampling/seed'}]};
  const {post} = await buildProxy(t, {mode: 'replay', keySettings});
  const keyOf = async (content: string, more: object = {}) =>
    (await post(openaiPath, {model: 'm', messages: [{role: 'user', content}], ...more})).headers.get(
      'x-retake-key',
    );
  t.is(await keyOf('Today is 2026-11-22.'), await keyOf('Today is 2027-01-01.'));
  t.is(await keyOf('Today is 2026-11-22.'), await keyOf('Today is 2026-11-22.', {seed: 5}));
  t.not(await keyOf('Today is 2026-11-22.'), await keyOf('Tomorrow is 2026-11-22.'));
  t.not(await keyOf('Today is 2026-11-22.'), await keyOf('Today is 2026-11-22.', {temperature: 0}));
});

const callHistory = (text: string): Asked =>
  messages(
    {role: 'user', content: 'hi'},
    {
      role: 'assistant',
      content: null,
      tool_calls: [{id: 'c1', type: 'function', function: {name: 'now', arguments: text}}],
    },
    {role: 'tool', tool_call_id: 'c1', content: 'noon'},
  );
const oldCallHistory = (text: string): Asked =>
  messages(
    {role: 'user', content: 'hi'},
    {role: 'assistant', content: null, function_call: {name: 'now', arguments: text}},
    {role: 'function', name: 'now', content: 'noon'},
  );
const geminiCallHistory = (call: object): Asked => ({
  gemini: {
    contents: [
      {role: 'user', parts: [{text: 'hi'}]},
      {role: 'model', parts: [{functionCall: {name: 'now', ...call}}]},
      {role: 'user', parts: [{functionResponse: {name: 'now', response: {output: 'noon'}}}]},
    ],
  },
});
test(
  same,
  'a call without arguments: "", blanks or {}',
  callHistory(''),
  callHistory(' '),
  callHistory('{}'),
);
test(same, 'a call in the older form without arguments', oldCallHistory(''), oldCallHistory('{}'));
test(same, 'a Gemini call without args, or with {}', geminiCallHistory({}), geminiCallHistory({args: {}}));
test(different, 'a call with arguments, or without', callHistory('{"a":1}'), callHistory(''));

const withPenalty = {
  openai: [
    openai({}),
    openai({presence_penalty: 0}),
    openai({frequency_penalty: -0, presence_penalty: 0.0}),
    openai({logit_bias: {}}),
    openai({stop: []}),
    openai({presence_penalty: 0, logit_bias: {}, stop: []}),
  ],
  gemini: [gemini({}), config({presencePenalty: 0}), config({frequencyPenalty: 0, stopSequences: []})],
};
test(same, 'settings of no effect, or none', ...withPenalty.openai, ...withPenalty.gemini);
test(
  different,
  'settings of an effect',
  openai({}),
  openai({presence_penalty: 0.1}),
  openai({frequency_penalty: -0.1}),
  openai({logit_bias: {'1': 0}}),
  openai({stop: ['x']}),
);
