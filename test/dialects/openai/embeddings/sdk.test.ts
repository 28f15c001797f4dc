import test from 'ava';
import {AzureOpenAI, BadRequestError} from 'openai';
import {openaiClient} from '../../../sdk/javascript/clients.js';
import {buildProxy} from '../../../support/build-proxy.js';
import {ends, scriptedModel} from '../../../support/scripted-model.js';

const vector = [0.5, -0.25, 1e-3];

/** Answers each input with the same embedding, preceded by the input's number. */
function embedding() {
  return scriptedModel(request => {
    const inputs = request.operation === 'embed' ? request.inputs : [];
    return [
      ...inputs.map((_, input) => ({type: 'embedding' as const, input, values: [input, ...vector]})),
      ends(),
    ];
  });
}

test('the client reads embeddings, which are base64 unless it requests floats', async t => {
  const {upstream, asked} = embedding();
  const {url} = await buildProxy(t, {upstream});
  const {embeddings} = openaiClient(url);
  const question = {model: 'text-embedding-3-small', input: ['one', 'two']};
  const packed = await embeddings.create(question);
  const numbers = await embeddings.create({...question, encoding_format: 'float'});
  t.deepEqual(numbers.data, [
    {object: 'embedding', index: 0, embedding: [0, ...vector]},
    {object: 'embedding', index: 1, embedding: [1, ...vector]},
  ]);
  t.deepEqual(
    packed.data.map(({embedding: values}) => values),
    [[0, ...vector].map(Math.fround), [1, ...vector].map(Math.fround)],
  );
  t.like(packed, {
    object: 'list',
    model: 'text-embedding-3-small',
    usage: {prompt_tokens: 7, total_tokens: 7},
  });
  t.is(asked.length, 1);
});

test('the Python client, which declares floats and requests base64, gets floats', async t => {
  const {upstream, asked} = embedding();
  const {post} = await buildProxy(t, {upstream});
  const body = {model: 'm', input: 'one', encoding_format: 'base64'};
  const ask = async (language: string) => {
    const response = await post('/v1/embeddings', body, {'x-stainless-lang': language});
    const {data} = (await response.json()) as {data: {embedding: unknown}[]};
    return data[0]?.embedding;
  };
  const packed = await ask('js');
  t.is(typeof packed, 'string');
  t.deepEqual(await ask('python'), [0, ...vector]);
  t.is(await ask('js'), packed);
  t.is(asked.length, 1);
});

test('one text, and a list of that text, have the same key', async t => {
  const {upstream, asked} = embedding();
  const {url} = await buildProxy(t, {upstream});
  const {embeddings} = openaiClient(url);
  await embeddings.create({model: 'm', input: 'one'});
  await embeddings.create({model: 'm', input: ['one'], user: 'user-1'});
  t.deepEqual(asked, [{operation: 'embed', inputs: [{content: [{type: 'text', text: 'one'}]}]}]);
  await embeddings.create({model: 'm', input: 'one', dimensions: 3});
  t.is(asked.length, 2);
});

test('tokens are sent as tokens, for one text or several', async t => {
  const {upstream, asked} = embedding();
  const {url} = await buildProxy(t, {upstream});
  const {embeddings} = openaiClient(url);
  await embeddings.create({model: 'm', input: [1, 2]});
  await embeddings.create({model: 'm', input: [[1], [2]]});
  t.deepEqual(asked, [
    {operation: 'embed', inputs: [{content: {tokens: [1, 2]}}]},
    {operation: 'embed', inputs: [{content: {tokens: [1]}}, {content: {tokens: [2]}}]},
  ]);
});

test('the Azure client gets embeddings from its deployment', async t => {
  const {upstream} = embedding();
  const {url} = await buildProxy(t, {upstream});
  const client = new AzureOpenAI({
    endpoint: url,
    apiKey: 'none',
    apiVersion: '2024-10-21',
    deployment: 'small',
  });
  const {model} = await client.embeddings.create({model: '', input: 'one'});
  t.is(model, 'small');
});

test('Gemini’s OpenAI-compatible address serves embeddings, too', async t => {
  const {upstream} = embedding();
  const {post} = await buildProxy(t, {upstream});
  const response = await post('/v1beta/openai/embeddings', {model: 'gemini-embedding-001', input: 'one'});
  t.like(await response.json(), {object: 'list', data: [{embedding: [0, ...vector]}]});
});

const refuses = test.macro({
  async exec(t, fields: object, param: string, code: string) {
    const {upstream, asked} = embedding();
    const {url} = await buildProxy(t, {upstream});
    const body = {model: 'm', input: 'one', ...fields};
    const error = await t.throwsAsync(openaiClient(url).post('/embeddings', {body}), {
      instanceOf: BadRequestError,
    });
    t.like(error, {param, code});
    t.is(asked.length, 0);
  },
  title: (_, fields) => `${JSON.stringify(fields).slice(0, 60)} is refused`,
});

test(refuses, {input: ''}, 'input', 'empty_string');
test(refuses, {input: []}, 'input', 'empty_array');
test(refuses, {input: ['one', '']}, 'input[1]', 'empty_string');
test(refuses, {input: Array.from({length: 2049}, () => 'a')}, 'input', 'array_above_max_length');
test(refuses, {input: 7}, 'input', 'invalid_type');
test(refuses, {input: null}, 'input', 'missing_required_parameter');
test(refuses, {dimensions: 0}, 'dimensions', 'integer_below_min_value');
test(refuses, {encoding_format: 'hex'}, 'encoding_format', 'invalid_value');
test(refuses, {temperature: 1}, 'temperature', 'unknown_parameter');
