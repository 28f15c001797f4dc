import test from 'ava';
import {callOrOutputSchema, callSchema} from '../../../../src/upstream/local/tools/call-schema.js';

const city = {type: 'object', properties: {city: {type: 'string'}}, required: ['city']};
const call = (name: string, given: object) => ({
  type: 'object',
  properties: {name: {const: name}, arguments: given},
  required: ['name', 'arguments'],
});

test('one tool is its call schema, several are any of theirs', t => {
  t.deepEqual(callSchema([{name: 'f', parameters: city}]), call('f', city));
  t.deepEqual(callSchema([{name: 'f', parameters: city}, {name: 'g'}]), {
    anyOf: [call('f', city), call('g', {type: 'object', properties: {}})],
  });
});

test('references in arguments resolve from their place', t => {
  const parameters = {
    type: 'object',
    properties: {n: {$ref: '#/$defs/N'}, self: {$ref: '#'}, $ref: {type: 'string'}},
    $defs: {N: {type: 'integer'}},
  };
  const moved = {
    type: 'object',
    properties: {
      n: {$ref: '#/$defs/schema-0/$defs/N'},
      self: {$ref: '#/$defs/schema-0'},
      $ref: {type: 'string'},
    },
  };
  t.deepEqual(callSchema([{name: 'f', parameters}]), {
    ...call('f', moved),
    $defs: {'schema-0': {...moved, $defs: {N: {type: 'integer'}}}},
  });
});

test('in loose mode, arguments are any object', t => {
  t.deepEqual(callSchema([{name: 'f', parameters: {$ref: '#/nowhere'}}], true), call('f', {type: 'object'}));
});

test('a tool call beside structured output is a member of an object', t => {
  const output = {type: 'json-schema', schema: {type: 'string', enum: ['a']}} as const;
  t.deepEqual(callOrOutputSchema([{name: 'f', parameters: city}], output), {
    anyOf: [
      {type: 'object', properties: {tool_call: call('f', city)}, required: ['tool_call']},
      output.schema,
    ],
  });
  t.deepEqual(callOrOutputSchema([{name: 'f', parameters: city}], {type: 'json'})['anyOf'], [
    {type: 'object', properties: {tool_call: call('f', city)}, required: ['tool_call']},
    {type: 'object'},
  ]);
});
