import test from 'ava';
import type {JsonObject} from '../../../../src/chat/json.js';
import type {ChatRequest} from '../../../../src/chat/request.js';
import {RetakeError} from '../../../../src/errors.js';
import {encodeChat} from '../../../../src/upstream/openai-compatible/wire/encode-chat.js';
import type {UpstreamDescription} from '../../../../src/upstream/upstream-description.js';
import {question, turn} from '../../asking.js';

const llamaServer: UpstreamDescription = {
  isLlamaServer: true,
  model: 'gemma.gguf',
  slots: 1,
  supportsImages: false,
  supportsTools: false,
  callsInParallel: false,
  supportsSystemRole: true,
  alternatesRoles: false,
};
const other: UpstreamDescription = {
  isLlamaServer: false,
  model: 'served-model',
  defaultModel: 'served-model',
  supportsImages: true,
  supportsTools: true,
  callsInParallel: true,
  supportsSystemRole: true,
  alternatesRoles: false,
};

test('a request is a stream with usage, without fields that the client did not set', async t => {
  t.deepEqual(await encodeChat(question('Hi'), llamaServer), {
    messages: [{role: 'user', content: 'Hi'}],
    stream: true,
    stream_options: {include_usage: true},
    return_progress: true,
  });
});

test('the parts of a turn are joined without a separator', async t => {
  t.deepEqual(
    (await encodeChat({operation: 'chat', turns: [turn('user', 'foo', 'bar')]}, llamaServer))['messages'],
    [{role: 'user', content: 'foobar'}],
  );
});

test('turns are shaped as the template requires', async t => {
  const turns = [turn('user', 'a'), turn('user', 'b')];
  t.deepEqual(
    (await encodeChat({operation: 'chat', turns}, {...llamaServer, alternatesRoles: true}))['messages'],
    [{role: 'user', content: 'a\n\nb'}],
  );
});

const encodes = test.macro({
  title: (_, what: string) => `encodes ${what}`,
  async exec(
    t,
    _what: string,
    more: Partial<ChatRequest>,
    upstream: UpstreamDescription,
    fields: JsonObject,
  ) {
    const {
      messages: _messages,
      stream: _stream,
      stream_options: _options,
      return_progress: _progress,
      ...rest
    } = await encodeChat(question('Hi', more), upstream);
    t.deepEqual(rest, fields);
  },
});

const sampling = {
  temperature: 0.5,
  topP: 0.9,
  topK: 40,
  seed: 7,
  maxTokens: 100,
  stop: ['a', 'b'],
  presencePenalty: 0.1,
  frequencyPenalty: 0.2,
  logitBias: {'15': -100},
};
const enumSchema = {type: 'string', enum: ['x', 'y']};

test(encodes, 'every sampling setting', {sampling}, llamaServer, {
  temperature: 0.5,
  top_p: 0.9,
  top_k: 40,
  seed: 7,
  max_tokens: 100,
  stop: ['a', 'b'],
  verbose: true,
  presence_penalty: 0.1,
  frequency_penalty: 0.2,
  logit_bias: {'15': -100},
});
test(encodes, 'zeros, which differ from absent values', {sampling: {temperature: 0, seed: 0}}, llamaServer, {
  temperature: 0,
  seed: 0,
});
test(encodes, 'several candidates', {candidates: 2}, other, {model: 'served-model', n: 2});
test(encodes, 'the model name that the client requested', {model: 'gpt-4o'}, other, {model: 'gpt-4o'});
test(encodes, 'JSON', {output: {type: 'json'}}, llamaServer, {response_format: {type: 'json_object'}});
test(
  encodes,
  'a schema with its description',
  {output: {type: 'json-schema', schema: {type: 'object'}, description: 'd'}},
  llamaServer,
  {
    response_format: {
      type: 'json_schema',
      json_schema: {name: 'answer', description: 'd', schema: {type: 'object'}},
    },
  },
);
test(encodes, 'an enum as a schema', {output: {type: 'enum', schema: enumSchema}}, llamaServer, {
  response_format: {type: 'json_schema', json_schema: {name: 'answer', schema: enumSchema}},
});
test(encodes, 'log probabilities with their alternatives', {logprobs: {top: 3}}, llamaServer, {
  logprobs: true,
  top_logprobs: 3,
});
test(
  encodes,
  'log probabilities without alternatives, which llama-server leaves out',
  {logprobs: {top: 0}},
  llamaServer,
  {
    logprobs: true,
    top_logprobs: 1,
  },
);
test(encodes, 'log probabilities without alternatives for other servers', {logprobs: {top: 0}}, other, {
  model: 'served-model',
  logprobs: true,
});
test(
  encodes,
  'reasoning for llama-server',
  {reasoning: {effort: 'low', budget: 100, includeThoughts: true}},
  llamaServer,
  {
    reasoning_effort: 'low',
    thinking_budget_tokens: 100,
  },
);
test(encodes, 'no reasoning at all for llama-server', {reasoning: {budget: 0}}, llamaServer, {
  thinking_budget_tokens: 0,
  chat_template_kwargs: {enable_thinking: false},
});
test(
  encodes,
  'only the effort, for a server that may refuse unknown fields',
  {reasoning: {effort: 'low', budget: 100}},
  other,
  {
    model: 'served-model',
    reasoning_effort: 'low',
  },
);
test(
  encodes,
  'extras unchanged',
  {extras: {min_p: 0.1, mirostat: 2, big: 12345678901234567890n}},
  llamaServer,
  {
    min_p: 0.1,
    mirostat: 2,
    big: 12345678901234567890n,
  },
);

const clashes = test.macro({
  title: (_, field: string) => `an extra cannot replace ${field}`,
  async exec(t, field: string, more: Partial<ChatRequest>) {
    const request = question('Hi', {...more, extras: {[field]: 1}});
    const error = await t.throwsAsync(encodeChat(request, llamaServer), {instanceOf: RetakeError});
    t.is(error?.code, 'invalid_request');
    t.is(error?.field, field);
    t.is(error?.message, `The field "${field}" cannot be passed on: retake sets it itself`);
  },
});

for (const field of [
  'messages',
  'model',
  'n',
  'n_cmpl',
  'stream',
  'stream_options',
  'return_progress',
  'logprobs',
  'response_format',
]) {
  test(clashes, field, {});
}
test(clashes, 'temperature', {sampling: {temperature: 0}});
