import fc from 'fast-check';
import {geminiArray, geminiStream, geminiUnary, openaiStream, openaiUnary} from './ways.js';

/** A request of any kind: a body, and the path that it is sent to. */
export type ArbitraryRequest = {readonly path: string; readonly body: Uint8Array};

type Json = null | boolean | number | string | Json[] | {[key: string]: Json};

const schema = {
  type: 'object',
  properties: {city: {type: 'string', enum: ['a', 'b']}, wind: {type: ['number', 'null'], minimum: 0}},
  required: ['city'],
};

const geminiBodies: readonly Json[] = [
  {contents: [{role: 'user', parts: [{text: 'hi'}]}]},
  {
    contents: [
      {role: 'user', parts: [{text: 'hi'}, {text: 'there'}]},
      {role: 'model', parts: [{text: 'hm', thought: true}, {text: 'yes'}]},
      {parts: {text: 'and?'}},
    ],
    system_instruction: {parts: [{text: 'Be brief.'}]},
    generationConfig: {
      temperature: 0.5,
      topP: 0.9,
      topK: '40',
      seed: 7,
      maxOutputTokens: 100,
      stopSequences: ['END'],
      presencePenalty: 0.5,
      frequencyPenalty: -0.5,
      candidateCount: 2,
      responseLogprobs: true,
      logprobs: 3,
      thinkingConfig: {thinkingLevel: 'LOW', includeThoughts: true},
    },
    safetySettings: [{category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE'}],
    labels: {team: 'a'},
  },
  {
    contents: [{parts: [{text: 'hi'}]}],
    generationConfig: {
      responseMimeType: 'application/json',
      responseSchema: {
        type: 'OBJECT',
        nullable: true,
        properties: {
          city: {type: 'STRING', format: 'enum', enum: ['a']},
          list: {type: 'ARRAY', items: {type: 'NUMBER'}},
        },
        propertyOrdering: ['list', 'city'],
        required: ['city'],
      },
    },
  },
  {
    contents: [{parts: [{text: 'hi'}]}],
    generationConfig: {responseMimeType: 'application/json', responseJsonSchema: schema},
  },
];

const openaiBodies: readonly Json[] = [
  {model: 'gpt-4o', messages: [{role: 'user', content: 'hi'}]},
  {
    model: 'gpt-4o',
    messages: [
      {role: 'developer', content: 'Be brief.', name: 'somebody'},
      {
        role: 'user',
        content: [
          {type: 'text', text: 'hi'},
          {type: 'text', text: 'there'},
        ],
      },
      {role: 'assistant', content: null, refusal: 'no', annotations: []},
      {role: 'user', content: 'and?'},
    ],
    temperature: 0.5,
    top_p: 0.9,
    top_k: 40,
    seed: 12,
    max_completion_tokens: 100,
    stop: ['END', 'STOP'],
    presence_penalty: 0.5,
    frequency_penalty: -0.5,
    logit_bias: {'50256': -100},
    n: 2,
    logprobs: true,
    top_logprobs: 3,
    reasoning_effort: 'low',
    verbosity: 'low',
    user: 'u',
    metadata: {a: 'b'},
    stream: true,
    stream_options: {include_usage: true},
  },
  {
    model: 'gpt-4o',
    messages: [{role: 'user', content: 'hi'}],
    response_format: {type: 'json_schema', json_schema: {name: 'weather', strict: true, schema}},
  },
  {
    model: 'gpt-4o',
    messages: [{role: 'user', content: 'hi'}],
    response_format: {type: 'json_object'},
    tools: [],
  },
];

const geminiPaths = [geminiUnary.path, geminiStream.path, geminiArray.path, '/v1/models/x:generateContent'];
const openaiPaths = [openaiUnary.path, openaiStream.path, '/openai/deployments/d/chat/completions'];
const otherPaths = [
  '/v1beta/models/x:countTokens',
  '/v1/messages',
  '/v1/responses',
  '/v1/embeddings',
  '/upload/v1beta/files',
];

/** Most requests go to existing endpoints. */
const anyPath = fc.oneof(
  {weight: 9, arbitrary: fc.constantFrom(...geminiPaths, ...openaiPaths)},
  {weight: 1, arbitrary: fc.constantFrom(...otherPaths)},
);

const valid = fc.oneof(
  fc.tuple(fc.constantFrom(...geminiPaths), fc.constantFrom(...geminiBodies)),
  fc.tuple(fc.constantFrom(...openaiPaths), fc.constantFrom(...openaiBodies)),
);

/** Values that decoders easily mishandle. */
const awkward: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  null,
  '',
  ' ',
  '\u0000',
  '\u2028',
  '1',
  '-1',
  '1.5',
  'NaN',
  'Infinity',
  'true',
  'TYPE_UNSPECIFIED',
  'ARRAY',
  0,
  -0,
  -1,
  1.5,
  1e308,
  5e-324,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  true,
  false,
  [],
  [[]],
  [null],
  {},
  {'': {}},
  {toString: 1, constructor: null},
  {type: 'object', properties: {type: {type: 'string'}}},
  {$ref: '#'},
);

const anyValue: fc.Arbitrary<Json> = fc.oneof(
  awkward,
  fc.jsonValue({maxDepth: 3}).map(value => value as Json),
);

const names = [...new Set([...geminiBodies, ...openaiBodies].flatMap(namesIn))];
const anyName = fc.oneof(
  fc.constantFrom(...names),
  fc.constantFrom(
    'tools',
    'inlineData',
    'image_url',
    'anyOf',
    '$defs',
    'nullable',
    'text',
    'constructor',
    'response_schema',
  ),
  fc.string({maxLength: 8}),
);

type Mutation = {
  readonly at: number;
  readonly kind: 'replace' | 'remove' | 'rename' | 'add' | 'repeat';
  readonly name: string;
  readonly value: Json;
};

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(1000),
  kind: fc.constantFrom('replace', 'remove', 'rename', 'add', 'repeat'),
  name: anyName,
  value: anyValue,
});

/** Requests as SDKs send them, with one to three invalid fields. */
export const mutatedFields: fc.Arbitrary<ArbitraryRequest> = fc
  .tuple(valid, fc.array(mutation, {minLength: 1, maxLength: 3}))
  .map(([[path, body], mutations]) => ({path, body: encode(JSON.stringify(mutations.reduce(mutate, body)))}));

/** JSON of any kind, often with member names of the APIs. */
export const anyJson: fc.Arbitrary<ArbitraryRequest> = fc.record({
  path: anyPath,
  body: fc
    .oneof(fc.jsonValue({maxDepth: 4}), fc.dictionary(anyName, anyValue, {maxKeys: 6}))
    .map(value => encode(JSON.stringify(value))),
});

export const anyBytes: fc.Arbitrary<ArbitraryRequest> = fc.record({
  path: anyPath,
  body: fc.uint8Array({maxLength: 300}),
});

/** Bodies as SDKs send them, with bytes changed, deleted, duplicated or inserted. */
export const mutatedBytes: fc.Arbitrary<ArbitraryRequest> = fc
  .tuple(valid, fc.array(fc.tuple(fc.nat(2000), fc.nat(3), fc.nat(255)), {minLength: 1, maxLength: 4}))
  .map(([[path, body], changes]) => ({
    path,
    body: changes.reduce(
      (bytes, [place, kind, byte]) => changeByte(bytes, place % (bytes.length + 1), kind, byte),
      encode(JSON.stringify(body)),
    ),
  }));

function changeByte(bytes: Uint8Array, at: number, kind: number, byte: number): Uint8Array {
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  if (kind === 0) return Buffer.concat([before, Buffer.from([byte]), after.subarray(1)]);
  if (kind === 1) return Buffer.concat([before, after.subarray(1)]);
  if (kind === 2) return Buffer.concat([before, Buffer.from([byte]), after]);
  return before;
}

function mutate(body: Json, {at, kind, name, value}: Mutation): Json {
  const copy = structuredClone(body);
  const places = placesIn(copy);
  const place = places[at % Math.max(places.length, 1)];
  if (!place) return value;
  const {holder, key} = place;
  if (Array.isArray(holder)) {
    const index = Number(key);
    if (kind === 'remove') holder.splice(index, 1);
    else if (kind === 'repeat') holder.push(...holder);
    else holder[index] = value;
    return copy;
  }
  if (kind === 'rename') define(holder, name, holder[key] ?? null);
  if (kind === 'rename' || kind === 'remove') delete holder[key];
  else if (kind === 'add') define(holder, name, value);
  else if (kind === 'repeat') define(holder, key, [holder[key] ?? null, holder[key] ?? null]);
  else define(holder, key, value);
  return copy;
}

/** Sets a member with any name, even `__proto__`. */
function define(holder: {[key: string]: Json}, name: string, value: Json): void {
  Object.defineProperty(holder, name, {value, enumerable: true, configurable: true, writable: true});
}

type Place = {readonly holder: Json[] | {[key: string]: Json}; readonly key: string};

function placesIn(value: Json): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [{holder: value, key}, ...placesIn(member)]);
}

function namesIn(value: Json): string[] {
  return placesIn(value).flatMap(({holder, key}) => (Array.isArray(holder) ? [] : [key]));
}

function encode(text: string): Uint8Array {
  return Buffer.from(text);
}
