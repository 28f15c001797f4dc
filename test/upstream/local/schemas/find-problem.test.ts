import test from 'ava';
import fc from 'fast-check';
import type {JsonValue} from '../../../../src/chat/json.js';
import type {JsonSchema} from '../../../../src/chat/schema.js';
import {isPattern} from '../../../../src/grammars/is-pattern.js';
import {findProblem} from '../../../../src/upstream/local/schemas/find-problem.js';
import {gatherDefinitions} from '../../../../src/upstream/local/schemas/gather-definitions.js';
import {compileSchema} from '../../../../src/upstream/local/tools/compile-schema.js';

const strictly = {acceptsWords: false};

const refuses = test.macro({
  title: (_, sentence: string, schema: JsonSchema) => `${JSON.stringify(schema)}: ${sentence}`,
  exec(t, sentence: string, schema: JsonSchema) {
    t.deepEqual(findProblem(schema, strictly), {steps: [], sentence});
    const inside = (inner: JsonSchema) => ({type: 'object', properties: {a: {anyOf: [true, inner]}}});
    if (typeof schema === 'boolean' || JSON.stringify(schema).includes('"#')) return;
    t.deepEqual(findProblem(inside(schema), strictly), {steps: ['properties', 'a', 'anyOf', '1'], sentence});
  },
});

test(refuses, 'False schema does not allow any value', false);
test(refuses, "'nonsense' is not valid under any of the given schemas", {type: 'nonsense'});
test(refuses, "'STRING' is not valid under any of the given schemas", {type: 'STRING'});
test(refuses, '["string","x"] is not valid under any of the given schemas', {type: ['string', 'x']});
test(refuses, '[] is not valid under any of the given schemas', {type: []});
test(refuses, '7 is not valid under any of the given schemas', {type: 7});
test(refuses, '[] should be non-empty', {enum: []});
test(refuses, "'a' is not of type 'array'", {enum: 'a'});
test(refuses, "'a' is not of type 'array'", {required: 'a'});
test(refuses, '[] should be non-empty', {anyOf: []});
test(refuses, "{} is not of type 'array'", {oneOf: {}});
test(refuses, "[1] is not of type 'object'", {properties: [1]});
test(refuses, "7 is not of type 'string'", {required: ['a', 7]});
test(refuses, "'three' is not of type 'integer'", {minItems: 'three'});
test(refuses, "1.5 is not of type 'integer'", {maxLength: 1.5});
test(refuses, '-1 is less than the minimum of 0', {minLength: -1});
test(refuses, "'x' is not of type 'number'", {type: 'number', minimum: 'x'});
test(refuses, "null is not of type 'number'", {type: 'number', maximum: null});
test(refuses, "'3' is not of type 'number', 'boolean'", {type: 'integer', exclusiveMinimum: '3'});
test(refuses, "[] is not of type 'number'", {type: 'integer', multipleOf: []});
test(refuses, '0 is less than or equal to the minimum of 0', {type: 'integer', multipleOf: 0});
test(refuses, '-2 is less than or equal to the minimum of 0', {type: 'integer', multipleOf: -2});
test(refuses, "'yes' is not of type 'boolean'", {type: 'array', uniqueItems: 'yes'});
test(refuses, "7 is not of type 'string'", {type: 'string', format: 7});
test(refuses, "{} is not of type 'array'", {type: 'array', prefixItems: {}});
test(refuses, '[] should be non-empty', {type: 'array', prefixItems: []});
test(refuses, '-1 is less than the minimum of 0', {type: 'array', minContains: -1});
test(refuses, "'[' is not a 'regex'", {pattern: '['});
test(refuses, "'(a' is not a 'regex'", {type: 'string', pattern: '(a'});
test(refuses, "'*a' is not a 'regex'", {patternProperties: {'*a': true}});
test(refuses, 'no value is allowed, because minLength is 3 and maxLength is 2', {minLength: 3, maxLength: 2});
test(refuses, 'no value is allowed, because minItems is 3 and maxItems is 2', {minItems: 3, maxItems: 2});
test(refuses, 'no value is allowed, because minimum is 7 and maximum is 3', {minimum: 7, maximum: 3});
test(refuses, 'no value is allowed, because exclusiveMinimum is 3 and maximum is 3', {
  exclusiveMinimum: 3,
  maximum: 3,
});
test(refuses, "reference to component '#/$defs/Gone' which was not found in the schema", {
  $ref: '#/$defs/Gone',
});
test(refuses, "reference to component '#Gone' which was not found in the schema", {$ref: '#Gone'});
test(
  refuses,
  "reference to 'https://example.com/s.json' leads out of the schema, and nothing is fetched for a schema",
  {$ref: 'https://example.com/s.json'},
);
test(refuses, "reference to 'other.json#/a' leads out of the schema, and nothing is fetched for a schema", {
  $ref: 'other.json#/a',
});
test(refuses, "7 is not of type 'string'", {$ref: 7});
test(refuses, 'the schema refers to itself without a value in between', {$ref: '#'});
test(refuses, 'the schema refers to itself without a value in between', {
  anyOf: [{$ref: '#'}, {type: 'null'}],
});
test(refuses, 'the schema refers to itself without a value in between', {
  $ref: '#/$defs/a',
  $defs: {a: {$ref: '#/$defs/b'}, b: {allOf: [{$ref: '#/$defs/a'}]}},
});

const endless = 'no value is allowed, because it would have to contain itself without end';
test(refuses, endless, {type: 'object', properties: {next: {$ref: '#'}}, required: ['next']});
test(refuses, endless, {type: 'array', items: {$ref: '#'}, minItems: 1});
test(refuses, endless, {
  type: 'object',
  properties: {a: {anyOf: [{$ref: '#/$defs/b'}, {type: 'array', items: {$ref: '#'}, minItems: 2}]}},
  required: ['a'],
  $defs: {b: {allOf: [{type: 'object', properties: {c: {$ref: '#'}}, required: ['c']}]}},
});

for (const schema of [
  {type: 'object', properties: {next: {anyOf: [{$ref: '#'}, {type: 'null'}]}}, required: ['next']},
  {type: 'object', properties: {all: {type: 'array', items: {$ref: '#'}}}, required: ['all']},
  {type: ['object', 'null'], properties: {next: {$ref: '#'}}, required: ['next']},
  true,
  {},
  {type: ['string', 'null']},
  {type: 'array', items: true, minItems: 2, maxItems: 2},
  {exclusiveMinimum: true, minimum: 3},
  {minimum: 3, maximum: 3},
  {minimum: 9007199254740993n, maximum: 9007199254740993n},
  {type: 'object', properties: {next: {$ref: '#'}}},
  {type: 'array', items: {$ref: '#'}},
  {properties: {a: {$ref: '#/$defs/b'}, c: {$ref: '#/$defs/b'}}, $defs: {b: {type: 'null'}}},
  {properties: {type: {const: {type: 'nonsense'}}, pattern: {default: {pattern: '['}}}},
])
  test(`no problem: ${JSON.stringify(schema, (_, part) => (typeof part === 'bigint' ? Number(part) : part))}`, t => {
    t.is(findProblem(schema, strictly), undefined);
  });

test('a word in place of a property’s schema is accepted for functions only', t => {
  const schema = {type: 'object', properties: {a: 'string'}};
  t.is(findProblem(schema, {acceptsWords: true}), undefined);
  t.deepEqual(findProblem(schema, strictly), {
    steps: ['properties', 'a'],
    sentence: "'string' is not of type 'object', 'boolean'",
  });
  t.deepEqual(findProblem({items: 'string'}, {acceptsWords: true})?.steps, ['items']);
});

test('patterns of other languages are patterns, and broken ones are not', t => {
  for (const pattern of [
    ...[
      '^[a-z]+$',
      '(?<year>\\d{4})',
      '(?P<year>\\d{4})(?P=year)',
      '(?i)^a$',
      '(?i:a)b',
      '\\Aa\\Z',
      '\\p{L}+',
    ],
    ...['^[[:alpha:]]+$', 'a++', '(?>a)', '[a-z&&[^b]]', '\\-\\/', '{', ''],
  ])
    t.true(isPattern(pattern), pattern);
  for (const pattern of ['[', '(', ')', '*', '+a', '(?<a', '[b-a]', 'a{2,1}', '(?P<a'])
    t.false(isPattern(pattern), pattern);
});

/** Schemas of a few keywords, each with values that are valid and values that are not. */
const {schema: anySchema} = fc.letrec<{schema: JsonValue}>(tie => ({
  schema: fc.oneof(
    {maxDepth: 3},
    fc.constantFrom<JsonValue>(true, {}, {type: 'string'}, {$ref: '#'}, {$ref: '#/$defs/a'}, 'word', 7),
    fc.record(
      {
        type: fc.constantFrom<JsonValue>('object', 'array', 'string', 'nonsense', [], ['string', 'null'], 7),
        enum: fc.constantFrom<JsonValue>(['a', 1], [], 'a'),
        required: fc.constantFrom<JsonValue>(['a'], ['a', 7]),
        minItems: fc.constantFrom<JsonValue>(0, 2, -1, 1.5, '1'),
        maxItems: fc.constantFrom<JsonValue>(1, 3, null),
        pattern: fc.constantFrom<JsonValue>('^a$', '\\d+', '[', '(?P<x>a)', 7),
        anyOf: fc.oneof(fc.array(tie('schema'), {maxLength: 2}), fc.constant({})),
        allOf: fc.array(tie('schema'), {minLength: 1, maxLength: 2}),
        properties: fc.oneof(fc.dictionary(fc.constantFrom('a', 'b'), tie('schema')), fc.constant([])),
        items: tie('schema'),
        $ref: fc.constantFrom<JsonValue>('#', '#/properties/a', '#gone', 'https://example.com/x', 7),
        $defs: fc.record({a: tie('schema')}),
      },
      {requiredKeys: []},
    ),
  ),
}));

test('law: a schema without a problem is one that a validator takes, before and after its references are gathered', t => {
  const counts = {fine: 0, broken: 0};
  fc.assert(
    fc.property(anySchema, schema => {
      if (findProblem(schema, strictly) === undefined) {
        counts.fine++;
        t.notThrows(() => compileSchema(schema), JSON.stringify(schema));
        t.notThrows(() => compileSchema(gatherDefinitions(schema)), JSON.stringify(schema));
      } else counts.broken++;
    }),
    {numRuns: 500},
  );
  t.true(counts.fine > 30 && counts.broken > 100, JSON.stringify(counts));
});
