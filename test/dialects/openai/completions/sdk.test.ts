import test from 'ava';
import {BadRequestError} from 'openai';
import type {AnswerChunk} from '../../../../src/chat/chunk.js';
import {openaiClient} from '../../../sdk/javascript/clients.js';
import {buildProxy} from '../../../support/build-proxy.js';
import {ends, says, scriptedModel} from '../../../support/scripted-model.js';

const model = 'gpt-3.5-turbo-instruct';

test('a completion continues its prompt, and the unary and the streamed request have the same key', async t => {
  const {upstream, asked} = scriptedModel(() => [says(' in'), says(' Paris'), ends('length')]);
  const {url} = await buildProxy(t, {upstream});
  const {completions} = openaiClient(url);
  const question = {model, prompt: 'The Louvre is', max_tokens: 2, temperature: 0};
  const whole = await completions.create(question);
  t.like(whole, {
    object: 'text_completion',
    model,
    choices: [{text: ' in Paris', index: 0, logprobs: null, finish_reason: 'length'}],
    usage: {prompt_tokens: 7, completion_tokens: 3, total_tokens: 10},
  });
  t.regex(whole.id, /^cmpl-[0-9a-f]{24}$/);

  const pieces: string[] = [];
  const ids = new Set<string>();
  const stream = await completions.create({...question, stream: true, stream_options: {include_usage: true}});
  for await (const {id, choices, usage} of stream) {
    ids.add(id);
    pieces.push(choices[0] ? `${choices[0].text}|${choices[0].finish_reason}` : `${usage?.total_tokens}`);
  }
  t.deepEqual(pieces, [' in|null', ' Paris|null', '|length', '10']);
  t.deepEqual([...ids], [whole.id]);
  t.deepEqual(asked, [
    {operation: 'complete', prompts: ['The Louvre is'], sampling: {temperature: 0, maxTokens: 2}},
  ]);
});

test('max_tokens is 16 by default', async t => {
  const {upstream, asked} = scriptedModel(() => [says('a'), ends()]);
  const {url} = await buildProxy(t, {upstream});
  const {completions} = openaiClient(url);
  await completions.create({model, prompt: 'a'});
  await completions.create({model, prompt: 'a', max_tokens: 16, best_of: 1, echo: false, suffix: ''});
  t.deepEqual(asked, [{operation: 'complete', prompts: ['a'], sampling: {maxTokens: 16}}]);
});

test('log probabilities have the legacy form, with offsets that count from the end of the prompt', async t => {
  const token = (text: string) => ({
    token: text,
    bytes: [...Buffer.from(text)],
    logprob: -0.5,
    top: [{token: '?', bytes: [63], logprob: -1}],
  });
  const delta = (candidate: number, ...tokens: string[]): AnswerChunk => ({
    type: 'text-delta',
    candidate,
    text: tokens.join(''),
    logprobs: tokens.map(token),
  });
  const finish = {unified: 'stop', raw: 'stop'} as const;
  const {upstream, asked} = scriptedModel(() => [
    delta(1, 'ab', 'c'),
    delta(0, 'x'),
    delta(1, 'd'),
    {type: 'reply-end', finish: [finish, finish]},
  ]);
  const {url} = await buildProxy(t, {upstream});
  const {completions} = openaiClient(url);
  const question = {model, prompt: ['one', 'four😀'], logprobs: 1};
  const {choices} = await completions.create(question);
  t.deepEqual(choices[1]?.logprobs, {
    tokens: ['ab', 'c', 'd'],
    token_logprobs: [-0.5, -0.5, -0.5],
    top_logprobs: [{'?': -1}, {'?': -1}, {'?': -1}],
    text_offset: [5, 7, 8],
  });
  t.deepEqual(choices[0]?.logprobs?.text_offset, [3]);

  const offsets: (readonly [number, readonly number[]])[] = [];
  for await (const event of await completions.create({...question, stream: true})) {
    for (const {index, logprobs} of event.choices)
      if (logprobs?.text_offset) offsets.push([index, logprobs.text_offset]);
  }
  t.deepEqual(offsets, [
    [1, [5, 7]],
    [0, [3]],
    [1, [8]],
  ]);
  t.like(asked[0], {prompts: ['one', 'four😀'], logprobs: {top: 1}});
  t.is(asked.length, 1);
});

const refuses = test.macro({
  async exec(t, fields: object, param: string, code: string) {
    const {upstream, asked} = scriptedModel(() => [ends()]);
    const {url} = await buildProxy(t, {upstream});
    const body = {model, prompt: 'a', ...fields};
    const error = await t.throwsAsync(openaiClient(url).post('/completions', {body}), {
      instanceOf: BadRequestError,
    });
    t.like(error, {param, code});
    t.is(asked.length, 0);
  },
  title: (_, fields) => `${JSON.stringify(fields)} is refused`,
});

test(refuses, {prompt: [1, 2]}, 'prompt', 'not_supported');
test(refuses, {prompt: [[1], [2]]}, 'prompt', 'not_supported');
test(refuses, {prompt: []}, 'prompt', 'empty_array');
test(refuses, {prompt: 7}, 'prompt', 'invalid_type');
test(refuses, {echo: true}, 'echo', 'not_supported');
test(refuses, {suffix: 'end'}, 'suffix', 'not_supported');
test(refuses, {best_of: 3}, 'best_of', 'not_supported');
test(refuses, {logprobs: 6}, 'logprobs', 'integer_above_max_value');
test(refuses, {max_tokens: -1}, 'max_tokens', 'integer_below_min_value');
test(refuses, {messages: []}, 'messages', 'unknown_parameter');
test(refuses, {tools: []}, 'tools', 'unknown_parameter');
