import test from 'ava';
import type {JsonObject} from '../../../src/chat/json.js';
import {normalizeSchema} from '../../../src/chat/schema.js';
import {convertSchema, readJsonSchema} from '../../../src/dialects/gemini/generate-content/convert-schema.js';
import type {Schema} from '../../../src/dialects/gemini/generate-content/schema.js';

const converts = test.macro({
  exec(t, _: string, schema: Schema, expected: JsonObject) {
    const converted = convertSchema(schema);
    t.deepEqual(converted, expected);
    t.deepEqual(Object.keys(converted['properties'] ?? {}), Object.keys(expected['properties'] ?? {}));
  },
  title: (_, what: string) => what,
});

test(
  converts,
  'types become lower-case, and a property may be called type',
  {type: 'OBJECT', properties: {type: {type: 'STRING'}, n: {type: 'INTEGER'}}, required: ['type']},
  {type: 'object', properties: {type: {type: 'string'}, n: {type: 'integer'}}, required: ['type']},
);
test(
  converts,
  'a schema with properties and without a type is an object',
  {properties: {a: {type: 'NULL'}}},
  {type: 'object', properties: {a: {type: 'null'}}},
);
test(converts, 'an unspecified type is left out', {type: 'TYPE_UNSPECIFIED', enum: ['A']}, {enum: ['A']});
test(
  converts,
  'nullable adds the type null',
  {type: 'ARRAY', nullable: true, items: {type: 'BOOLEAN', nullable: false}},
  {type: ['array', 'null'], items: {type: 'boolean'}},
);
test(
  converts,
  'a nullable enum gets the value null',
  {type: 'STRING', format: 'enum', nullable: true, enum: ['A', 'B']},
  {type: ['string', 'null'], format: 'enum', enum: ['A', 'B', null]},
);
test(
  converts,
  'a nullable anyOf gets a null branch',
  {nullable: true, anyOf: [{type: 'STRING'}, {type: 'NUMBER'}]},
  {anyOf: [{type: 'string'}, {type: 'number'}, {type: 'null'}]},
);
test(
  converts,
  'propertyOrdering orders the properties, unlisted ones last',
  {type: 'OBJECT', properties: {a: {}, b: {}, c: {}}, propertyOrdering: ['c', 'x', 'b']},
  {type: 'object', properties: {c: {}, b: {}, a: {}}},
);
test(
  converts,
  'bounds, patterns and annotations stay',
  {
    type: 'STRING',
    title: 'T',
    description: 'D',
    minLength: 1,
    maxLength: 9_007_199_254_740_993n,
    pattern: '^a$',
    default: {propertyOrdering: ['x']},
    example: 'a',
  },
  {
    type: 'string',
    title: 'T',
    description: 'D',
    minLength: 1,
    maxLength: 9_007_199_254_740_993n,
    pattern: '^a$',
    default: {propertyOrdering: ['x']},
    examples: ['a'],
  },
);
test(
  converts,
  'constraints beside anyOf move into its branches',
  {
    description: 'D',
    type: 'OBJECT',
    properties: {a: {type: 'STRING'}},
    required: ['a'],
    anyOf: [{properties: {b: {type: 'STRING'}}, required: ['b']}, {required: ['a']}, {type: 'NULL'}],
  },
  {
    description: 'D',
    anyOf: [
      {
        type: 'object',
        properties: {a: {type: 'string'}, b: {type: 'string'}},
        required: ['a', 'b'],
      },
      {type: 'object', properties: {a: {type: 'string'}}, required: ['a']},
      {type: 'null'},
    ],
  },
);

test('the same schema in both languages is normalised to one', t => {
  const openApi: Schema = {
    type: 'OBJECT',
    properties: {
      name: {type: 'STRING', nullable: true},
      size: {type: 'INTEGER', format: 'int32', minimum: 0},
      tags: {type: 'ARRAY', items: {type: 'STRING', enum: ['x', 'y'], format: 'enum'}, minItems: 1},
    },
    required: ['size', 'name'],
  };
  const jsonSchema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      name: {anyOf: [{type: 'string'}, {type: 'null'}]},
      size: {type: 'integer', minimum: 0},
      tags: {type: 'array', items: {type: 'string', enum: ['x', 'y']}, minItems: 1},
    },
    required: ['name', 'size'],
    additionalProperties: false,
  };
  t.deepEqual(normalizeSchema(convertSchema(openApi)), normalizeSchema(jsonSchema));
});

test('a JSON Schema may order its properties too, at any depth', t => {
  const ordered = readJsonSchema({
    type: 'object',
    properties: {
      propertyOrdering: {type: 'string'},
      inner: {type: 'object', properties: {a: true, b: true}, propertyOrdering: ['b', 'a']},
    },
    propertyOrdering: ['inner'],
  });
  t.is(
    JSON.stringify(ordered),
    '{"type":"object","properties":{"inner":{"type":"object","properties":{"b":true,"a":true}},"propertyOrdering":{"type":"string"}}}',
  );
});
