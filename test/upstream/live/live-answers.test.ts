import test from 'ava';
import type {RetakeError} from '../../../src/errors.js';
import {ask} from '../../support/ask.js';
import {liveUpstream} from '../../support/live-upstream.js';
import {turn} from '../asking.js';

test('a stop sequence ends the answer and is not part of it', async t => {
  const {candidates} = await ask(liveUpstream(t), 'What is the capital of France?', {
    sampling: {temperature: 0, maxTokens: 40, stop: ['Paris']},
  });
  t.notRegex(candidates[0]?.text ?? '', /Paris/);
  t.regex(candidates[0]?.text ?? '', /capital of France/);
  t.is(candidates[0]?.finish.unified, 'stop');
});

test('an answer ends at its token limit', async t => {
  const {candidates, usage} = await ask(liveUpstream(t), 'What is the capital of France?', {
    sampling: {temperature: 0, maxTokens: 3},
  });
  t.is(candidates[0]?.finish.unified, 'length');
  t.is(usage?.outputTokens, 3);
});

// Alone, and after the prompt has been read once: whether a prompt comes from the engine's cache changes probabilities in their last digits.
test.serial(
  'a seed gives the same answer again, and several candidates on one slot have the seeds that follow',
  async t => {
    const upstream = liveUpstream(t);
    const sampling = {temperature: 1, seed: 5, maxTokens: 12};
    await ask(upstream, 'Tell me a story.', {sampling});
    const {candidates, usage} = await ask(upstream, 'Tell me a story.', {candidates: 2, sampling});
    const first = await ask(upstream, 'Tell me a story.', {sampling});
    const second = await ask(upstream, 'Tell me a story.', {sampling: {...sampling, seed: 6}});
    t.deepEqual(
      candidates.map(({text}) => text),
      [first.candidates[0]?.text, second.candidates[0]?.text],
    );
    t.not(candidates[0]?.text, candidates[1]?.text);
    t.deepEqual(usage, {
      inputTokens: first.usage?.inputTokens ?? 0,
      outputTokens: (first.usage?.outputTokens ?? 0) + (second.usage?.outputTokens ?? 0),
    });
  },
);

for (const top of [0, 1, 3]) {
  test(`tokens have ${top} alternatives on request`, async t => {
    const {candidates} = await ask(liveUpstream(t), 'What is the capital of France?', {logprobs: {top}});
    const {text = '', logprobs = []} = candidates[0] ?? {};
    t.is(Buffer.from(logprobs.flatMap(({bytes}) => bytes)).toString(), text);
    t.true(logprobs.every(token => token.top.length === top && token.logprob <= 0));
  });
}

test('an answer can be constrained to JSON', async t => {
  const {candidates} = await ask(liveUpstream(t), 'Give me a JSON object with a name.', {
    output: {type: 'json'},
    sampling: {temperature: 0, maxTokens: 10},
  });
  t.regex(candidates[0]?.text ?? '', /^\s*\{/);
});

// Without a limit, a small model at temperature 1 may go on with a string until it has no tokens left.
const word = {type: 'string', maxLength: 30};

for (const schema of [
  {type: 'object', properties: {name: word, age: {type: 'integer'}}, required: ['name', 'age']},
  {type: 'array', items: word, minItems: 3, maxItems: 3},
  {
    type: 'object',
    properties: {order: {type: 'object', properties: {id: {type: 'integer'}}, required: ['id']}},
    required: ['order'],
  },
])
  test(`a structured answer spends no tokens on line breaks: ${JSON.stringify(schema)}`, async t => {
    for (const temperature of [0, 1]) {
      const {candidates} = await ask(liveUpstream(t), 'Describe Anna, 31, who ordered number 17, as JSON.', {
        output: {type: 'json-schema', schema},
        sampling: {temperature, seed: 7, maxTokens: 200},
      });
      const {text = '', finish} = candidates[0] ?? {};
      t.is(finish?.unified, 'stop');
      t.notThrows(() => JSON.parse(text), text);
      t.notRegex(text, /[\n\t]/);
    }
  });

test('one of several words is answered without quotes', async t => {
  const words = ['Percussion', 'String "bowed"', 'Blechbläser'];
  const {candidates} = await ask(liveUpstream(t), 'What is a violin?', {
    output: {type: 'enum', schema: {type: 'string', enum: words}},
  });
  t.true(words.includes(candidates[0]?.text ?? ''));
});

test('two user turns, a leading answer, a trailing answer and a tool result are accepted', async t => {
  const upstream = liveUpstream(t);
  const sampling = {temperature: 0, maxTokens: 4};
  const conversations = [
    [turn('user', 'I am Bob.'), turn('user', 'What is my name?')],
    [turn('assistant', 'Hello!'), turn('user', 'What is the capital of Spain?')],
    [turn('user', 'Count to three.'), turn('assistant', 'One,'), turn('assistant', 'two,')],
    [turn('user', 'What is the weather?'), turn('tool', 'sunny')],
    [turn('system', 'Say hello.')],
  ];
  for (const turns of conversations) {
    const {candidates} = await ask(upstream, '', {turns, sampling});
    t.true((candidates[0]?.text.length ?? 0) > 0);
  }
});

test('a prompt that is too long is rejected with the engine’s message', async t => {
  const failure = ask(liveUpstream(t), 'word '.repeat(40_000));
  const error = await t.throwsAsync<RetakeError>(failure, {message: /exceeds the available context size/});
  t.is(error?.code, 'context_length_exceeded');
  t.is(error?.status, 400);
});

test('a schema of an unknown type is rejected', async t => {
  const failure = ask(liveUpstream(t), 'Hi', {output: {type: 'json-schema', schema: {type: 'nonsense'}}});
  const error = await t.throwsAsync<RetakeError>(failure, {message: /nonsense/});
  t.is(error?.status, 400);
});

test('many requests in sequence are all answered', async t => {
  const upstream = liveUpstream(t);
  for (let count = 0; count < 20; count++) {
    const {candidates} = await ask(upstream, 'Hi', {sampling: {temperature: 0, maxTokens: 1}});
    t.is(candidates.length, 1);
  }
});
