import test from 'ava';
import fc from 'fast-check';
import {parseJson} from '../../src/chat/json.js';
import {normalizeRequest, roundToFloat32} from '../../src/chat/normalize.js';
import type {ChatRequest, Turn} from '../../src/chat/request.js';

const hi: Turn = {role: 'user', parts: [{type: 'text', text: 'hi'}]};
const say = (role: Turn['role'], ...texts: string[]): Turn => ({
  role,
  parts: texts.map(text => ({type: 'text', text})),
});

function asking(members: Partial<ChatRequest>): ChatRequest {
  return {operation: 'chat', turns: [hi], ...members};
}

const same = test.macro({
  exec(t, one: Partial<ChatRequest>, other: Partial<ChatRequest>) {
    t.deepEqual(normalizeRequest(asking(one)), normalizeRequest(asking(other)));
  },
  title: (given, one, other) => given ?? `${JSON.stringify(one)} is the same as ${JSON.stringify(other)}`,
});

const different = test.macro({
  exec(t, one: Partial<ChatRequest>, other: Partial<ChatRequest>) {
    t.notDeepEqual(normalizeRequest(asking(one)), normalizeRequest(asking(other)));
  },
  title: (given, one, other) => given ?? `${JSON.stringify(one)} is not ${JSON.stringify(other)}`,
});

test(same, {turns: [say('system', ''), hi]}, {turns: [hi]});
test(same, {turns: [say('system', '', ''), hi]}, {turns: [hi]});
test(same, {turns: [say('system'), hi]}, {turns: [hi]});
test(different, {turns: [say('system', ' '), hi]}, {turns: [hi]});
test(different, {turns: [say('system', 'x'), hi]}, {turns: [hi]});
test(different, {turns: [say('user', ''), hi]}, {turns: [hi]});
test(same, {turns: [say('assistant', ''), hi]}, {turns: [hi]});
test(different, {turns: [hi, hi]}, {turns: [say('user', 'hi', 'hi')]});
test(different, {turns: [say('user', 'one', 'two')]}, {turns: [say('user', 'onetwo')]});
test(different, {turns: [say('user', 'a'), say('user', 'b')]}, {turns: [say('user', 'b'), say('user', 'a')]});
test(different, {turns: [{...hi, name: 'ann'}]}, {turns: [hi]});
test(different, {turns: [say('assistant', 'hi')]}, {turns: [hi]});

test(different, {sampling: {temperature: 1}}, {});
test(different, {sampling: {temperature: 0}}, {});
test(different, {sampling: {topP: 1}}, {});
test(different, {sampling: {topK: 40}}, {});
test(different, {sampling: {seed: 0}}, {});
test(different, {sampling: {maxTokens: 5}}, {});
test(same, {sampling: {presencePenalty: 0}}, {});
test(different, {sampling: {presencePenalty: 1}}, {sampling: {frequencyPenalty: 1}});
test(different, {sampling: {temperature: 0.7}}, {sampling: {temperature: 0.70001}});
for (const name of ['temperature', 'topP', 'presencePenalty', 'frequencyPenalty'] as const) {
  test(same, {sampling: {[name]: 0.7}}, {sampling: {[name]: 0.699999988079071}});
}
test(same, {sampling: {logitBias: {'7': 0.1}}}, {sampling: {logitBias: {'7': 0.10000000149011612}}});
test(different, {sampling: {logitBias: {'7': 1}}}, {sampling: {logitBias: {'8': 1}}});
test(same, {sampling: {}}, {});
test(same, {sampling: {logitBias: {}}}, {});
test(same, {sampling: {stop: []}}, {});
test(same, {sampling: {stop: ['b', 'a', 'b']}}, {sampling: {stop: ['a', 'b']}});
test(different, {sampling: {stop: ['a']}}, {sampling: {stop: ['b']}});

test(same, {candidates: 1}, {});
test(different, {candidates: 2}, {});
test(different, {logprobs: {top: 0}}, {});
test(different, {logprobs: {top: 0}}, {logprobs: {top: 1}});
test(same, {reasoning: {}}, {});
test(same, {reasoning: {includeThoughts: false}}, {});
test(different, {reasoning: {includeThoughts: true}}, {});
test(different, {reasoning: {effort: 'low'}}, {reasoning: {effort: 'high'}});
test(different, {reasoning: {effort: 'low'}}, {reasoning: {budget: 1024}});
test(different, {reasoning: {budget: 0}}, {});
test(same, {extras: {}}, {});
test(different, {extras: {min_p: 0}}, {});
test(different, {model: 'a'}, {model: 'b'});

const schema = {type: 'string', enum: ['a', 'b']};
test(different, {output: {type: 'json'}}, {});
test(different, {output: {type: 'enum', schema}}, {output: {type: 'json-schema', schema}});
test(
  different,
  {output: {type: 'json-schema', schema}},
  {output: {type: 'json-schema', schema, description: 'd'}},
);
test(
  same,
  {output: {type: 'json-schema', schema: {...schema, title: 'x'}}},
  {output: {type: 'json-schema', schema}},
);
test(same, {output: {type: 'enum', schema: {...schema, format: 'enum'}}}, {output: {type: 'enum', schema}});

test('numbers are equal in every spelling', t => {
  const written = (digits: string) =>
    normalizeRequest(asking({sampling: {temperature: parseJson(digits) as number}}));
  t.deepEqual(written('1'), written('1.0'));
  t.deepEqual(written('1'), written('10e-1'));
  t.deepEqual(written('0'), written('-0.0'));
});

const float = fc.double({noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000});

test('rounding stays within the same float32, and every double of that float32 rounds to the same number', t => {
  fc.assert(
    fc.property(float, number => {
      const rounded = roundToFloat32(number);
      t.is(Math.fround(rounded) + 0, Math.fround(number) + 0);
      t.is(roundToFloat32(rounded), rounded);
      t.is(roundToFloat32(Math.fround(number)), rounded);
    }),
    {numRuns: 2000},
  );
});

test('rounding keeps numbers as people write them', t => {
  for (const number of [0, 1, -2, 0.1, 0.7, 0.95, 1.15, 1e-7, 123456]) t.is(roundToFloat32(number), number);
  t.is(roundToFloat32(-0), 0);
  t.is(roundToFloat32(1e300), 1e300);
});

const turn: fc.Arbitrary<Turn> = fc
  .tuple(
    fc.constantFrom('system', 'user', 'assistant'),
    fc.array(fc.constantFrom('', 'a', 'b'), {maxLength: 2}),
  )
  .map(([role, texts]) => say(role, ...texts));

const request: fc.Arbitrary<ChatRequest> = fc
  .record(
    {
      operation: fc.constant('chat' as const),
      turns: fc.array(turn, {maxLength: 3}),
      sampling: fc.record(
        {
          temperature: float,
          stop: fc.array(fc.constantFrom('a', 'b')),
          logitBias: fc.dictionary(fc.nat().map(String), float),
        },
        {requiredKeys: []},
      ),
      candidates: fc.integer({min: 1, max: 3}),
      reasoning: fc.record({includeThoughts: fc.boolean(), effort: fc.constant('low')}, {requiredKeys: []}),
      extras: fc.dictionary(fc.constantFrom('x', 'y'), fc.boolean()),
    },
    {requiredKeys: ['operation', 'turns']},
  )
  .map(value => value as ChatRequest);

test('normalizing is idempotent, and leaves no undefined member', t => {
  fc.assert(
    fc.property(request, asked => {
      const once = normalizeRequest(asked);
      t.deepEqual(normalizeRequest(once), once);
      t.deepEqual(once, parseJson(JSON.stringify(once)) as never);
    }),
  );
});
