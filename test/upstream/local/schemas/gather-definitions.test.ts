import test from 'ava';
import fc from 'fast-check';
import type {JsonObject, JsonValue} from '../../../../src/chat/json.js';
import {type JsonSchema, mapSchema, normalizeSchema} from '../../../../src/chat/schema.js';
import {findProblem} from '../../../../src/upstream/local/schemas/find-problem.js';
import {gatherDefinitions} from '../../../../src/upstream/local/schemas/gather-definitions.js';
import {compileSchema} from '../../../../src/upstream/local/tools/compile-schema.js';

const integer = {type: 'integer'};

const gathers = test.macro({
  title: (_, what: string) => `references: ${what}`,
  exec(t, _what: string, given: JsonSchema, expected: JsonSchema) {
    t.deepEqual(gatherDefinitions(given), expected);
  },
});

test(
  gathers,
  'the root, which is recursive',
  {type: 'object', properties: {value: integer, next: {anyOf: [{$ref: '#'}, {type: 'null'}]}}},
  {
    type: 'object',
    properties: {value: integer, next: {anyOf: [{$ref: '#/$defs/root'}, {type: 'null'}]}},
    $defs: {
      root: {
        type: 'object',
        properties: {value: integer, next: {anyOf: [{$ref: '#/$defs/root'}, {type: 'null'}]}},
      },
    },
  },
);

const leads = test.macro({
  title: (_, reference: string) => `the reference ${reference} leads to a definition`,
  exec(t, reference: string, others: JsonObject) {
    const given = {...others, type: 'object', properties: {...propertiesOf(others), a: {$ref: reference}}};
    const gathered = gatherDefinitions(given) as {properties: {a: {$ref: string}}; $defs: JsonObject};
    const {$ref} = gathered.properties.a;
    t.regex($ref, /^#\/\$defs\/[\w-]+$/);
    t.deepEqual(gathered.$defs[$ref.slice('#/$defs/'.length)], integer);
    t.is(findProblem(given, {acceptsWords: false}), undefined);
  },
});

function propertiesOf({properties = {}}: JsonObject): JsonObject {
  return properties as JsonObject;
}

test(leads, '#/properties/b', {properties: {b: integer}});
test(leads, '#/properties/b/items', {properties: {b: {type: 'array', items: integer}}});
test(leads, '#/properties/b/anyOf/1', {properties: {b: {anyOf: [{type: 'null'}, integer]}}});
test(leads, '#/properties/b/prefixItems/0', {properties: {b: {prefixItems: [integer]}}});
test(leads, '#/definitions/n', {definitions: {n: integer}});
test(leads, '#/components/schemas/N', {components: {schemas: {N: integer}}});
test(leads, '#/$defs/a~1b', {$defs: {'a/b': integer}});
test(leads, '#/$defs/a~0b', {$defs: {'a~b': integer}});
test(leads, '#/$defs/a~01b', {$defs: {'a~1b': integer}});
test(leads, '#/$defs/a%20b', {$defs: {'a b': integer}});
test(leads, '#/$defs/100%', {$defs: {'100%': integer}});
test(leads, '#/$defs/%C3%A4', {$defs: {ä: integer}});
test(leads, '#/$defs/a%2Fb', {$defs: {a: {$defs: {}, b: integer}}});
test(leads, '#/$defs/__proto__', {$defs: JSON.parse('{"__proto__": {"type": "integer"}}')});
test('references: one whose target has an anchor', t => {
  for (const [reference, target] of [
    ['#N', {$anchor: 'N', ...integer}],
    ['#N', {$dynamicAnchor: 'N', ...integer}],
    ['#N', {$id: '#N', ...integer}],
    ['number', {$id: 'number', ...integer}],
    ['https://example.com/number.json', {$id: 'https://example.com/number.json', ...integer}],
    ['urn:example:number', {$id: 'urn:example:number', ...integer}],
  ] as const) {
    const given = {properties: {a: {$ref: reference}}, $defs: {x: target}};
    const [name = ''] = Object.keys((gatherDefinitions(given) as {$defs: JsonObject}).$defs);
    t.deepEqual(gatherDefinitions(given), {
      properties: {a: {$ref: `#/$defs/${name}`}},
      $defs: {[name]: integer},
    });
  }
});

test('references inside a schema with an `$id` are relative to it', t => {
  const given = {
    $id: 'https://example.com/root',
    properties: {a: {$ref: 'tree'}, b: {$ref: 'https://example.com/root#/$defs/word'}},
    $defs: {
      word: {type: 'string'},
      tree: {
        $id: 'tree',
        properties: {left: {$ref: '#'}, word: {$ref: '#/$defs/word'}},
        $defs: {word: integer},
      },
    },
  };
  t.deepEqual(gatherDefinitions(given), {
    properties: {a: {$ref: '#/$defs/tree'}, b: {$ref: '#/$defs/word-2'}},
    $defs: {
      tree: {properties: {left: {$ref: '#/$defs/tree'}, word: {$ref: '#/$defs/word'}}},
      word: integer,
      'word-2': {type: 'string'},
    },
  });
});

test('a schema with plain references, and one without any, stays the same object', t => {
  for (const schema of [
    integer,
    {properties: {a: {$ref: '#/$defs/n'}, $ref: integer}, $defs: {n: integer}},
    {properties: {a: {$ref: '#/$defs/a b'}, b: {$ref: '#/$defs/ä'}}, $defs: {'a b': integer, ä: integer}},
    {enum: [{$ref: '#'}], const: {$ref: '#'}},
  ])
    t.is(gatherDefinitions(schema), schema);
});

test('a reference to nothing stays as it is', t => {
  const schema = {properties: {a: {$ref: '#/gone'}, b: {$ref: 'https://example.com/other'}}};
  t.deepEqual(gatherDefinitions(schema), schema);
});

/** Schemas whose properties refer to one another, to the root and to definitions in every spelling. */
const reference = fc.constantFrom(
  ...['#', '#/properties/p', '#/properties/p/anyOf/0', '#/$defs/a~1b', '#/$defs/c~0d', '#/$defs/e%20f'],
  ...['#/$defs/plain', '#/definitions/old', '#Anchor', '#/properties/q/items'],
);
const leaf: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constantFrom<JsonObject>({type: 'integer'}, {type: 'string'}, {type: 'null'}, {enum: ['x', 1, null]}),
  reference.map($ref => ({$ref})),
);
const inner = fc.oneof(
  leaf,
  leaf.map((items): JsonObject => ({type: 'array', items})),
  fc.array(leaf, {minLength: 1, maxLength: 2}).map((anyOf): JsonObject => ({anyOf})),
  fc.tuple(leaf, leaf).map(([a, b]): JsonObject => ({type: 'object', properties: {a, b}, required: ['a']})),
);
const document = fc.tuple(inner, leaf, inner, inner, inner, inner, inner, inner).map(
  ([first, items, slash, tilde, space, plain, old, anchored]): JsonObject => ({
    type: 'object',
    properties: {
      p: {anyOf: [first, {type: 'null'}]},
      q: {type: 'array', items},
      r: {type: 'array', items: {$ref: '#Anchor'}},
      s: {$ref: '#/$defs/a~1b'},
      t: {$ref: '#/$defs/e%20f'},
    },
    $defs: {'a/b': slash, 'c~d': tilde, 'e f': space, plain, named: {$anchor: 'Anchor', ...anchored}},
    definitions: {old},
  }),
);
const value: fc.Arbitrary<JsonValue> = fc.letrec<{value: JsonValue}>(tie => ({
  value: fc.oneof(
    {maxDepth: 4},
    fc.constantFrom<JsonValue>(null, 1, 2.5, 'x', 'y', true),
    fc.array(tie('value'), {maxLength: 2}),
    fc.dictionary(fc.constantFrom('p', 'q', 'r', 's', 't', 'a', 'b'), tie('value'), {maxKeys: 4}),
  ),
})).value;

test('law: a gathered schema allows the same values, and has plain references only', t => {
  let compared = 0;
  fc.assert(
    fc.property(document, fc.array(value, {minLength: 4, maxLength: 12}), (schema, values) => {
      if (findProblem(schema, {acceptsWords: false}) !== undefined) return;
      const gathered = gatherDefinitions(schema);
      mapSchema(gathered, ({$ref = '#/$defs/none', ...rest}) => {
        t.regex(String($ref), /^#\/\$defs\/[\w-]+$/);
        return rest;
      });
      t.is(gatherDefinitions(gathered), gathered);
      const [before, after, normal] = [schema, gathered, normalizeSchema(gathered)].map(compileSchema);
      for (const given of values) {
        compared++;
        t.is(after?.(given), before?.(given), JSON.stringify({schema, given}));
        t.is(normal?.(given), before?.(given), JSON.stringify({schema, given}));
      }
    }),
    {numRuns: 300},
  );
  t.true(compared > 500, `${compared}`);
});
