import test from 'ava';
import fc from 'fast-check';
import {compareViews} from '../../../src/cassette/compare/compare-views.js';
import {diffWording, missWording} from '../../../src/cassette/compare/wording.js';
import type {MatchingView} from '../../../src/cassette/key/key.js';
import type {JsonObject} from '../../../src/chat/json.js';

const schema = {
  type: 'object',
  properties: {city: {type: 'string'}, unit: {type: 'string', enum: ['C', 'F']}},
  required: ['city'],
};

const recorded: MatchingView = {
  operation: 'chat',
  turns: [
    {role: 'system', parts: [{type: 'text', text: 'Be brief.\nBe polite.'}]},
    {role: 'user', parts: [{type: 'text', text: 'Hello'}]},
    {role: 'assistant', parts: [{type: 'text', text: 'Hi'}]},
    {role: 'user', parts: [{type: 'text', text: 'What is the weather in Oslo?'}]},
  ],
  sampling: {temperature: 0.7, seed: 1, stop: ['\n']},
  output: {type: 'json-schema', schema},
  candidates: 2,
  extras: {verbosity: 'low'},
};

const turns = recorded['turns'] as readonly JsonObject[];
const withTurn = (index: number, turn: JsonObject) => ({
  ...recorded,
  turns: turns.map((old, place) => (place === index ? turn : old)),
});
const said = (role: string, ...texts: readonly string[]) => ({
  role,
  parts: texts.map(text => ({type: 'text', text})),
});
const withSchema = (changed: JsonObject) => ({...recorded, output: {type: 'json-schema', schema: changed}});
const sampling = recorded['sampling'] as JsonObject;

const changes: readonly (readonly [string, MatchingView, string])[] = [
  [
    'a line of the system prompt',
    withTurn(0, said('system', 'Be brief.\nBe rude.')),
    'system prompt, line 2: asked "Be rude.", recorded "Be polite."',
  ],
  ['no system prompt', {...recorded, turns: turns.slice(1)}, 'system prompt: recorded, not asked'],
  [
    'the last question',
    withTurn(3, said('user', 'What is the weather in Rome?')),
    'turn 3 (user), line 1: asked "What is the weather in Rome?", recorded "What is the weather in Oslo?"',
  ],
  ['a role', withTurn(2, said('user', 'Hi')), 'turn 2 (user): role user, recorded assistant'],
  ['text in two parts', withTurn(1, said('user', 'Hel', 'lo')), 'turn 1 (user): 2 parts, recorded 1'],
  [
    'an additional turn at the end',
    {...recorded, turns: [...turns, said('user', 'And tomorrow?')]},
    'turn 4 (user): asked, not recorded',
  ],
  ['a turn less', {...recorded, turns: turns.slice(0, 3)}, 'turn 3 (user): recorded, not asked'],
  [
    'temperature',
    {...recorded, sampling: {...sampling, temperature: 0.2}},
    'temperature: asked 0.2, recorded 0.7',
  ],
  ['no seed', {...recorded, sampling: {temperature: 0.7, stop: ['\n']}}, 'seed: asked none, recorded 1'],
  [
    'stop sequences',
    {...recorded, sampling: {...sampling, stop: ['\n', 'END']}},
    String.raw`stop: asked ["\n","END"], recorded ["\n"]`,
  ],
  ['candidates', {...recorded, candidates: 3}, 'candidates: asked 3, recorded 2'],
  ['log probabilities', {...recorded, logprobs: {top: 2}}, 'logprobs.top: asked 2, recorded none'],
  [
    'a forwarded field',
    {...recorded, extras: {verbosity: 'high'}},
    'extras.verbosity: asked "high", recorded "low"',
  ],
  ['the output format', {...recorded, output: {type: 'json'}}, 'output format: json, recorded json-schema'],
  [
    'a schema property',
    withSchema({...schema, properties: {...schema.properties, city: {type: 'integer'}}}),
    'output schema: /properties/city/type: asked "integer", recorded "string"',
  ],
  [
    'the property order',
    withSchema({...schema, properties: {unit: schema.properties.unit, city: schema.properties.city}}),
    'output schema: /properties: the order of properties',
  ],
];

for (const [name, asked, sentence] of changes) {
  test(`the explanation names only the difference: ${name}`, t => {
    t.deepEqual(
      compareViews(asked, recorded, missWording).map(difference => difference.sentence),
      [sentence],
    );
  });
}

test('a diff has words of its own for both sides', t => {
  const asked = {...recorded, candidates: 3, turns: turns.slice(1)};
  t.deepEqual(
    compareViews(asked, recorded, diffWording).map(({sentence}) => sentence),
    ['system prompt: was removed', 'candidates: now 3, was 2'],
  );
});

test('equal views have no differences', t => {
  t.deepEqual(compareViews(structuredClone(recorded), recorded, missWording), []);
});

test('each of several changes is named', t => {
  fc.assert(
    fc.property(fc.subarray(['temperature', 'candidates', 'last turn'], {minLength: 1}), chosen => {
      let asked: MatchingView = recorded;
      if (chosen.includes('temperature')) asked = {...asked, sampling: {...sampling, temperature: 0.1}};
      if (chosen.includes('candidates')) asked = {...asked, candidates: 5};
      if (chosen.includes('last turn'))
        asked = {...asked, turns: [...turns.slice(0, 3), said('user', 'Bye')]};
      return compareViews(asked, recorded, missWording).length === chosen.length;
    }),
  );
  t.pass();
});
