import test from 'ava';
import type {JsonObject} from '../../../src/chat/json.js';
import {compileSchema} from '../../../src/upstream/local/tools/compile-schema.js';
import {ask} from '../../support/ask.js';
import {liveUpstream} from '../../support/live-upstream.js';

const word = {type: 'string', maxLength: 12};
const node = {
  type: 'object',
  properties: {name: word, children: {type: 'array', items: {$ref: '#'}, maxItems: 2}},
  required: ['name', 'children'],
};

/** Structures with references of every form; none of them lets an answer go on without end. */
const schemas: Readonly<Record<string, JsonObject>> = {
  'a tree that refers to the root': node,
  'a list that refers to the root': {
    type: 'object',
    properties: {value: {enum: [1, 2]}, next: {anyOf: [{$ref: '#'}, {type: 'null'}]}},
    required: ['value', 'next'],
  },
  'a pointer into a property': {
    type: 'object',
    properties: {
      from: {type: 'object', properties: {city: word}, required: ['city']},
      to: {$ref: '#/properties/from'},
    },
    required: ['from', 'to'],
  },
  'a pointer to a member of anyOf': {
    type: 'object',
    properties: {a: {anyOf: [{type: 'boolean'}, {type: 'null'}]}, b: {$ref: '#/properties/a/anyOf/0'}},
    required: ['a', 'b'],
  },
  'escapes and an anchor': {
    type: 'object',
    properties: {
      a: {$ref: '#/$defs/x~1y'},
      b: {$ref: '#/$defs/x~0y'},
      c: {$ref: '#/$defs/x%20y'},
      d: {$ref: '#Flag'},
    },
    required: ['a', 'b', 'c', 'd'],
    $defs: {
      'x/y': {type: 'boolean'},
      'x~y': {type: 'null'},
      'x y': {enum: ['left', 'right']},
      flag: {$anchor: 'Flag', type: 'boolean'},
    },
  },
  'expressions that refer to each other': {
    $ref: '#/definitions/sum',
    definitions: {
      sum: {
        type: 'object',
        properties: {terms: {type: 'array', items: {$ref: '#/definitions/term'}, minItems: 1, maxItems: 2}},
        required: ['terms'],
      },
      term: {anyOf: [{enum: [1, 2, 3]}, {$ref: '#/definitions/sum'}]},
    },
  },
};

/** What keeps a small model from going on without end. */
const prompts: Readonly<Record<string, string>> = {
  'a tree that refers to the root':
    'Write this tree as JSON: {"name": "A", "children": [{"name": "B", "children": []}]}',
  'expressions that refer to each other': 'Write this sum as JSON: {"terms": [1, {"terms": [2, 3]}]}',
};

for (const [name, schema] of Object.entries(schemas))
  test(`the engine’s answer fits ${name}`, async t => {
    const {candidates} = await ask(
      liveUpstream(t),
      prompts[name] ?? 'Give me a very short example as JSON.',
      {
        output: {type: 'json-schema', schema},
        sampling: {temperature: 0, maxTokens: 160},
      },
    );
    const {text = '', finish} = candidates[0] ?? {};
    t.is(finish?.unified, 'stop', text);
    t.true(compileSchema(schema)(JSON.parse(text)), text);
  });

test('a call of a function with recursive parameters fits them', async t => {
  const {candidates} = await ask(liveUpstream(t), 'Save this tree: {"name": "A", "children": []}', {
    tools: [{name: 'save_tree', parameters: node}],
    toolChoice: {type: 'required'},
    sampling: {temperature: 0, maxTokens: 160},
  });
  const [call] = candidates[0]?.toolCalls ?? [];
  t.is(call?.name, 'save_tree');
  t.true(compileSchema(node)(JSON.parse(call?.arguments ?? 'null')), call?.arguments);
});
