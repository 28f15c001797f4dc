import test from 'ava';
import fc from 'fast-check';
import {compareViews} from '../../../src/cassette/compare/compare-views.js';
import {diffWording, missWording} from '../../../src/cassette/compare/wording.js';
import {canonicalView, type MatchingView} from '../../../src/cassette/key/key.js';
import type {JsonObject, JsonValue} from '../../../src/chat/json.js';

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
    'output schema: /properties: the order: asked unit, city, recorded city, unit',
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

const toolNames = Array.from({length: 12}, (_, index) => `tool_${index + 1}`);
const description = `Returns everything that is known of a place. ${'It is slow. '.repeat(20)}`;
const toolOf = (name: string, changed: JsonObject = {}): JsonObject => ({
  name,
  description,
  parameters: {type: 'object', properties: {city: {type: 'string'}, unit: {type: 'string'}}},
  ...changed,
});
const withTools = (changed: JsonObject = {}): MatchingView => ({
  ...recorded,
  tools: toolNames.map(name => toolOf(name, name === 'tool_8' ? changed : {})),
});
const withCall = (call: JsonObject, result: JsonObject): MatchingView => ({
  ...recorded,
  turns: [
    ...turns,
    {role: 'assistant', parts: [{type: 'tool-call', call: 'call_1', name: 'get_weather', arguments: call}]},
    {role: 'tool', parts: [{type: 'tool-result', call: 'call_1', name: 'get_weather', value: result}]},
  ],
});
const long = 'The quick brown fox jumps over the lazy dog. '.repeat(10);

const deepChanges: Record<
  string,
  readonly [asked: MatchingView, recorded: MatchingView, sentences: readonly string[]]
> = {
  'a description in the eighth of twelve tools': [
    withTools({description: description.replace(/slow\. $/, 'fast. ')}),
    withTools(),
    [
      'tool tool_8: /description: asked "…slow. It is slow. It is fast. ", recorded "…slow. It is slow. It is slow. "',
    ],
  ],
  'two parameters that changed places': [
    withTools({parameters: {type: 'object', properties: {unit: {type: 'string'}, city: {type: 'string'}}}}),
    withTools(),
    ['tool tool_8: /parameters/properties: the order: asked unit, city, recorded city, unit'],
  ],
  'a parameter of a tool': [
    withTools({parameters: {type: 'object', properties: {city: {type: 'string'}, unit: {type: 'number'}}}}),
    withTools(),
    ['tool tool_8: /parameters/properties/unit/type: asked "number", recorded "string"'],
  ],
  'a tool more and a tool less': [
    {...recorded, tools: [toolOf('a'), toolOf('b')]},
    {...recorded, tools: [toolOf('a'), toolOf('c')]},
    ['tool b: asked, not recorded', 'tool c: recorded, not asked'],
  ],
  'the order of tools': [
    {...recorded, tools: [toolOf('a'), toolOf('c'), toolOf('b')]},
    {...recorded, tools: [toolOf('a'), toolOf('b'), toolOf('c')]},
    ['tools: the order: asked …, c, b, recorded …, b, c'],
  ],
  'an argument of a call and a member of its result': [
    withCall({city: 'Oslo', unit: 'F'}, {report: `${long}Rain.`, wind: 3}),
    withCall({city: 'Oslo', unit: 'C'}, {report: `${long}Snow.`, wind: 3}),
    [
      'turn 4 (assistant), call get_weather: /arguments/unit: asked "F", recorded "C"',
      'turn 5 (tool), result of get_weather: /value/report: asked "…over the lazy dog. Rain.", recorded "…over the lazy dog. Snow."',
    ],
  ],
  'the end of a long input': [
    {operation: 'embed', inputs: [{content: [{type: 'text', text: `${long}a`}]}]},
    {operation: 'embed', inputs: [{content: [{type: 'text', text: `${long}b`}]}]},
    ['inputs: /0/content/0/text: asked "…over the lazy dog. a", recorded "…over the lazy dog. b"'],
  ],
  'a no-break space': [
    withTurn(1, said('user', 'It is 10\u00a0km')),
    withTurn(1, said('user', 'It is 10 km')),
    ['turn 1 (user), line 1: asked "It is 10\u00a0km" (U+00A0), recorded "It is 10 km" (U+0020)'],
  ],
  'a zero-width space': [
    withTurn(1, said('user', 'foot\u200bball')),
    withTurn(1, said('user', 'football')),
    ['turn 1 (user), line 1: asked "foot\u200bball" (U+200B), recorded "football" (U+0062)'],
  ],
  'a decomposed letter': [
    withTurn(1, said('user', 'cafe\u0301')),
    withTurn(1, said('user', 'caf\u00e9')),
    ['turn 1 (user), line 1: asked "cafe\u0301" (U+0065 U+0301), recorded "caf\u00e9" (U+00E9)'],
  ],
  'a Cyrillic letter': [
    {...recorded, extras: {tag: 'p\u0430ypal'}},
    {...recorded, extras: {tag: 'paypal'}},
    ['extras.tag: asked "p\u0430ypal" (U+0430), recorded "paypal" (U+0061)'],
  ],
  'a carriage return': [
    withTurn(1, said('user', 'one\r\ntwo')),
    withTurn(1, said('user', 'one\ntwo')),
    [String.raw`turn 1 (user), line 1: asked "one\r" (U+000D), recorded "one" (nothing)`],
  ],
};

for (const [name, [asked, other, sentences]] of Object.entries(deepChanges)) {
  test(`the place of a difference is named: ${name}`, t => {
    t.deepEqual(
      compareViews(asked, other, missWording).map(({sentence}) => sentence),
      sentences,
    );
  });
}

const words = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', '\n', '\u00a0', '\u200b', '😀', 'é'),
  maxLength: 200,
});
const json = fc.jsonValue({maxDepth: 3}).map(value => value as JsonValue);
const arbitrarySchema = fc
  .uniqueArray(fc.constantFrom('city', 'unit', 'day', 'wind'), {maxLength: 4})
  .map(names => ({
    type: 'object',
    properties: Object.fromEntries(names.map(one => [one, {type: 'string'}])),
  }));
const arbitraryPart = fc.oneof(
  fc.record({type: fc.constant('text'), text: words}),
  fc.record({
    type: fc.constant('tool-call'),
    call: fc.constantFrom('1', '2'),
    name: fc.constantFrom('f', 'g'),
    arguments: fc.dictionary(fc.constantFrom('a', 'b', '~/'), json),
  }),
  fc.record({type: fc.constant('tool-result'), call: fc.constantFrom('1', '2'), value: json}),
);
const arbitraryView = fc.record(
  {
    operation: fc.constant('chat'),
    turns: fc.array(
      fc.record({
        role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
        parts: fc.array(arbitraryPart, {maxLength: 2}),
      }),
      {maxLength: 3},
    ),
    tools: fc.array(
      fc.record({name: fc.constantFrom('f', 'g'), description: words, parameters: arbitrarySchema}),
      {maxLength: 3},
    ),
    output: fc.record({type: fc.constant('json-schema'), schema: arbitrarySchema}),
    sampling: fc.dictionary(fc.constantFrom('temperature', 'seed', 'stop'), json),
    extras: fc.dictionary(fc.constantFrom('a', 'b'), json),
    reasoning: fc.constantFrom({}, {effort: 'low'}),
  },
  {requiredKeys: ['operation', 'turns']},
) as unknown as fc.Arbitrary<MatchingView>;

/** Whether a line shows two things that are not the same. */
function differsOnBothSides(sentence: string): boolean {
  if (sentence.endsWith(missWording.onlyMine) || sentence.endsWith(missWording.onlyTheirs)) return true;
  return Array.from(sentence.matchAll(/, recorded /g)).some(({index}) => {
    const [, mine = ''] = /(?:asked|parts?,?|role|format:) ?(.*)$/s.exec(sentence.slice(0, index)) ?? [];
    return mine !== sentence.slice(index + ', recorded '.length);
  });
}

test('two different requests always have a difference that is shown on both sides', t => {
  const pairs = fc.oneof(
    fc.tuple(arbitraryView, arbitraryView),
    // Views that differ in one member only.
    fc
      .tuple(arbitraryView, arbitraryView, fc.constantFrom('turns', 'tools', 'output', 'sampling', 'extras'))
      .map(([view, other, member]): [MatchingView, MatchingView] => [
        view,
        {...view, [member]: other[member] ?? []},
      ]),
  );
  fc.assert(
    fc.property(pairs, ([asked, other]) => {
      const differences = compareViews(asked, other, missWording).map(({sentence}) => sentence);
      if (canonicalView(asked) === canonicalView(other)) return differences.length === 0;
      return differences.length > 0 && differences.some(differsOnBothSides);
    }),
    {numRuns: 1000},
  );
  t.pass();
});
