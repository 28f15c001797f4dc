import test from 'ava';
import fc from 'fast-check';
import type {JsonObject} from '../../src/chat/json.js';
import type {JsonSchema} from '../../src/chat/schema.js';
import {mapSchema, normalizeSchema} from '../../src/chat/schema.js';

/** The normal form as text in which only the order of `properties` is significant, as in the key. */
function normalText(schema: JsonSchema): string {
  return JSON.stringify(normalizeSchema(schema), (key, value) =>
    key === 'properties' || value === null || typeof value !== 'object' || Array.isArray(value)
      ? value
      : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}

const same = test.macro({
  exec(t, one: JsonSchema, other: JsonSchema) {
    t.is(normalText(one), normalText(other));
    const inside = (schema: JsonSchema) => normalText({type: 'object', properties: {a: {items: schema}}});
    t.is(inside(one), inside(other));
  },
  title: (_, one, other) => `${JSON.stringify(one)} is equivalent to ${JSON.stringify(other)}`,
});

const different = test.macro({
  exec(t, one: JsonSchema, other: JsonSchema) {
    t.not(normalText(one), normalText(other));
    const inside = (schema: JsonSchema) => normalText({type: 'object', properties: {a: {items: schema}}});
    t.not(inside(one), inside(other));
  },
  title: (_, one, other) => `${JSON.stringify(one)} is not equivalent to ${JSON.stringify(other)}`,
});

const string = {type: 'string'};
const nullType = {type: 'null'};

test(same, {...string, $schema: 'https://json-schema.org/draft/2020-12/schema'}, string);
test(same, {...string, title: 'Name'}, string);
test(same, {type: 'object', additionalProperties: false}, {type: 'object'});
test(different, {type: 'object', additionalProperties: true}, {type: 'object'});
test(different, {type: 'object', additionalProperties: string}, {type: 'object'});
test(different, {...string, description: 'A name'}, string);
test(different, {...string, default: 'x'}, string);
test(different, {...string, default: null}, string);

test(same, {...string, format: 'int32'}, string);
test(same, {...string, format: 'enum'}, string);
for (const format of ['date', 'time', 'date-time', 'uuid']) test(different, {...string, format}, string);

test(same, {required: ['b', 'a']}, {required: ['a', 'b']});
test(same, {required: ['a', 'a']}, {required: ['a']});
test(same, {type: 'object', required: []}, {type: 'object'});
test(different, {required: ['a']}, {required: ['a', 'b']});
test(different, {enum: ['b', 'a']}, {enum: ['a', 'b']});
test(different, {anyOf: [string, {type: 'integer'}]}, {anyOf: [{type: 'integer'}, string]});
test(different, {properties: {a: {}, b: {}}}, {properties: {b: {}, a: {}}});
test(same, {properties: {a: {}}, type: 'object'}, {type: 'object', properties: {a: {}}});

test(same, {...string, nullable: true}, {type: ['string', 'null']});
test(same, {type: ['null', 'string']}, {type: ['string', 'null']});
test(same, {type: ['string']}, string);
test(same, {anyOf: [string, nullType]}, {type: ['string', 'null']});
test(same, {anyOf: [nullType, string]}, {type: ['string', 'null']});
test(same, {type: ['null'], anyOf: [nullType, {}]}, {type: 'null', anyOf: [{}, nullType]});
test(
  same,
  {anyOf: [string, nullType], title: 'Name', description: 'd', default: null},
  {
    type: ['string', 'null'],
    description: 'd',
    default: null,
  },
);
test(
  same,
  {
    anyOf: [
      {...string, title: 'x'},
      {...nullType, title: 'y'},
    ],
  },
  {type: ['string', 'null']},
);
test(same, {type: ['string', 'null'], nullable: true}, {type: ['string', 'null']});
test(same, {...string, nullable: false}, string);
test(different, {...string, nullable: true}, string);
test(same, {...string, enum: ['a'], nullable: true}, {type: ['string', 'null'], enum: ['a', null]});
test(same, {anyOf: [{...string, enum: ['a']}, nullType]}, {type: ['string', 'null'], enum: ['a', null]});
test(different, {type: ['string', 'null'], enum: ['a']}, {type: ['string', 'null'], enum: ['a', null]});
test(
  same,
  {anyOf: [string, {type: 'integer'}], nullable: true},
  {
    anyOf: [string, {type: 'integer'}, nullType],
  },
);
test(same, {anyOf: [string, nullType, {type: 'integer'}]}, {anyOf: [string, {type: 'integer'}, nullType]});
test(different, {anyOf: [string, {type: 'integer'}]}, {anyOf: [string, {type: 'integer'}, nullType]});

const reference = {$ref: '#/$defs/A'};
test(same, {...reference, nullable: true}, {anyOf: [reference, nullType]});
test(different, {...reference, nullable: true}, reference);
test(
  same,
  {...reference, description: 'd', nullable: true},
  {anyOf: [reference, nullType], description: 'd'},
);
test(different, {oneOf: [string], nullable: true}, {oneOf: [string]});
test(different, {allOf: [string], nullable: true}, {allOf: [string]});
test(same, {...string, const: 'a', nullable: true}, {anyOf: [{...string, const: 'a'}, nullType]});
test(different, {...string, const: 'a', nullable: true}, {type: ['string', 'null'], const: 'a'});
test(
  different,
  {anyOf: [{type: 'object', allOf: [{type: 'object'}]}, nullType]},
  {
    type: ['object', 'null'],
    allOf: [{type: 'object'}],
  },
);
test(different, {enum: ['a'], anyOf: [string, nullType]}, {type: ['string', 'null'], enum: ['a', null]});

test('definitions stay where references point', t => {
  t.deepEqual(normalizeSchema({$defs: {A: string}, ...reference, nullable: true}), {
    $defs: {A: string},
    anyOf: [reference, nullType],
  });
});

test('property names and data are not changed', t => {
  const schema = {
    type: 'object',
    properties: {
      title: {type: 'string'},
      nullable: {type: 'boolean'},
      format: {enum: [{title: 'x', nullable: true, format: 'int32'}]},
      required: {const: {required: ['b', 'a'], $schema: 'x'}},
      items: {default: {title: 'x', additionalProperties: false}},
    },
  };
  t.deepEqual(normalizeSchema(schema), schema);
});

test('schemas are found under every keyword that holds one', t => {
  const titled = {title: 'x', type: 'string'};
  const everywhere: JsonObject = {
    items: titled,
    additionalProperties: titled,
    not: titled,
    if: titled,
    contains: titled,
    propertyNames: titled,
    anyOf: [titled, {type: 'integer'}],
    oneOf: [titled],
    allOf: [titled],
    prefixItems: [titled],
    properties: {a: titled},
    patternProperties: {'^a': titled},
    $defs: {a: titled},
    definitions: {a: titled},
    dependentSchemas: {a: titled},
  };
  t.false(JSON.stringify(normalizeSchema(everywhere)).includes('title'));
  t.deepEqual(normalizeSchema({items: [titled, true]}), {items: [string, true]});
});

test('true, false and values that are not schemas are unchanged', t => {
  for (const schema of [true, false, null, 'x', 7]) t.is(normalizeSchema(schema), schema);
  t.deepEqual(normalizeSchema({items: false, not: true}), {items: false, not: true});
  const odd = {required: 'a', nullable: 'yes', title: {a: 1}, format: 7, properties: [1], anyOf: {a: 1}};
  t.deepEqual(normalizeSchema(odd), odd);
});

test('the innermost schema is rewritten first', t => {
  const order: unknown[] = [];
  mapSchema({$id: 'outer', items: {$id: 'middle', items: {$id: 'inner'}}}, schema => {
    order.push(schema['$id']);
    return schema;
  });
  t.deepEqual(order, ['inner', 'middle', 'outer']);
});

const leaf = fc.record(
  {
    type: fc.constantFrom('string', 'integer', 'null', ['string', 'null'], ['null'], ['null', 'integer']),
    title: fc.constant('t'),
    description: fc.constant('d'),
    nullable: fc.boolean(),
    format: fc.constantFrom('int32', 'date'),
    enum: fc.constantFrom(['a'], ['a', null]),
    const: fc.constant('a'),
    $ref: fc.constant('#/$defs/A'),
  },
  {requiredKeys: []},
);
const {schema: arbitrarySchema} = fc.letrec<{schema: JsonObject}>(tie => ({
  schema: fc.oneof(
    {maxDepth: 3},
    leaf,
    fc
      .tuple(
        leaf,
        fc.record(
          {
            anyOf: fc.array(tie('schema'), {minLength: 1, maxLength: 3}),
            oneOf: fc.array(tie('schema'), {minLength: 1, maxLength: 2}),
            properties: fc.dictionary(fc.constantFrom('a', 'b', 'title'), tie('schema')),
            required: fc.constantFrom(['b', 'a'], []),
            additionalProperties: fc.boolean(),
            items: tie('schema'),
          },
          {requiredKeys: []},
        ),
      )
      .map(([own, nested]) => ({...own, ...nested})),
  ),
}));

test('normalizing a schema is idempotent', t => {
  fc.assert(
    fc.property(arbitrarySchema, schema => {
      const once = normalizeSchema(schema);
      t.deepEqual(normalizeSchema(once), once);
    }),
    {numRuns: 2000},
  );
});

test('a schema that refuses null still refuses it, and one that allows null still allows it', t => {
  fc.assert(
    fc.property(arbitrarySchema, schema => {
      t.is(allowsNull(normalizeSchema(schema)), allowsNull(schema));
    }),
    {numRuns: 1000},
  );
});

/** Whether null is valid for a schema (a reference leads to a string). `nullable` adds null to what the rest allows. */
function allowsNull(schema: JsonSchema): boolean {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema !== false;
  const {nullable, type, enum: values, const: constant, $ref, anyOf, oneOf} = schema as JsonObject;
  if (nullable === true) return true;
  if (constant !== undefined && constant !== null) return false;
  if ($ref !== undefined) return false;
  if (type !== undefined && type !== 'null' && !(Array.isArray(type) && type.includes('null'))) return false;
  if (Array.isArray(values) && !values.includes(null)) return false;
  if (Array.isArray(anyOf) && !anyOf.some(allowsNull)) return false;
  if (Array.isArray(oneOf) && oneOf.filter(allowsNull).length !== 1) return false;
  return true;
}
