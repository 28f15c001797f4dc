import test from 'ava';
import type {Turn} from '../../../src/chat/request.js';
import {ask} from '../../support/ask.js';
import {liveUpstream} from '../../support/live-upstream.js';
import {turn} from '../asking.js';

const weather = {
  name: 'get_weather',
  description: 'The weather of a city',
  parameters: {type: 'object', properties: {city: {type: 'string'}}, required: ['city']},
};
const add = {
  name: 'add',
  description: 'Adds two numbers',
  parameters: {
    type: 'object',
    properties: {a: {$ref: '#/$defs/Number'}, b: {$ref: '#/$defs/Number'}},
    required: ['a', 'b'],
    $defs: {Number: {type: 'integer'}},
  },
};

test('a forced tool call, its result, and an answer', async t => {
  const upstream = liveUpstream(t);
  const asked = turn('user', 'What is the weather in Buenos Aires?');
  const called = await ask(upstream, '', {turns: [asked], tools: [weather], toolChoice: {type: 'required'}});
  const [candidate] = called.candidates;
  t.is(candidate?.finish.unified, 'tool-calls');
  t.is(candidate?.text, '');
  const [call] = candidate?.toolCalls ?? [];
  t.is(call?.name, 'get_weather');
  const given = JSON.parse(call?.arguments ?? '') as {city: string};
  t.deepEqual(given, {city: 'Buenos Aires'});

  const history: readonly Turn[] = [
    asked,
    {role: 'assistant', parts: [{type: 'tool-call', call: 'call-1', name: 'get_weather', arguments: given}]},
    {role: 'tool', parts: [{type: 'tool-result', call: 'call-1', value: {sky: 'sunny', temperature: 21}}]},
  ];
  for (const choice of [{}, {toolChoice: {type: 'none'}}] as const) {
    const {candidates} = await ask(upstream, '', {turns: history, tools: [weather], ...choice});
    t.is(candidates[0]?.finish.unified, 'stop');
    t.deepEqual(candidates[0]?.toolCalls, []);
    t.regex(candidates[0]?.text ?? '', /sunny/i);
  }
});

test('of several tools the right one is called, with arguments that match its references', async t => {
  const {candidates} = await ask(liveUpstream(t), 'How much is 17 plus 25?', {
    tools: [weather, add],
    toolChoice: {type: 'required'},
  });
  t.is(candidates[0]?.toolCalls[0]?.name, 'add');
  t.deepEqual(JSON.parse(candidates[0]?.toolCalls[0]?.arguments ?? ''), {a: 17, b: 25});
});

test('each of two candidates has tool calls', async t => {
  const {candidates} = await ask(liveUpstream(t), 'How much is 17 plus 25?', {
    tools: [weather, add],
    toolChoice: {type: 'required', allowed: ['add']},
    candidates: 2,
  });
  t.deepEqual(
    candidates.map(({toolCalls}) => toolCalls.map(({name}) => name)),
    [['add'], ['add']],
  );
});

test('schemas without a llama.cpp grammar are still checked', async t => {
  const impossible = {
    type: 'object',
    properties: {city: {type: 'string', not: {type: 'string'}}},
    required: ['city'],
  };
  const {candidates} = await ask(liveUpstream(t), 'What is the weather in Oslo?', {
    tools: [{...weather, parameters: impossible}],
    toolChoice: {type: 'required'},
  });
  t.is(candidates[0]?.finish.unified, 'malformed-tool-call');
  t.deepEqual(candidates[0]?.toolCalls, []);
  t.regex(candidates[0]?.text ?? '', /get_weather/);
});

test('a tool call may replace structured output, which otherwise follows its schema', async t => {
  const {candidates} = await ask(liveUpstream(t), 'How much is 17 plus 25?', {
    tools: [add],
    output: {type: 'json-schema', schema: {type: 'object', properties: {answer: {type: 'integer'}}}},
  });
  const [candidate] = candidates;
  const said = candidate?.toolCalls[0]?.arguments ?? candidate?.text ?? '';
  t.is(typeof JSON.parse(said), 'object');
});
