import test from 'ava';
import {emptyGemini} from './ask-local.js';

const namesIn = (answer: {models: readonly {name: string}[]}) => answer.models.map(({name}) => name);

test('the list has the local model and the names that applications look up', async t => {
  const {askJson} = emptyGemini();
  const {models, ...rest} = await askJson('GET /v1beta/models');
  t.deepEqual(rest, {});
  t.is(models[0].name, 'models/gemma3-270m');
  for (const name of [
    'gemini-3.8-flash',
    'gemini-3.1-pro-preview',
    'gemini-2.5-flash',
    'gemini-embedding-001',
  ]) {
    t.true(
      models.some((model: {name: string}) => model.name === `models/${name}`),
      name,
    );
  }
});

test('a model has every field that clients read', async t => {
  const {askJson} = emptyGemini();
  const model = await askJson('GET /v1/models/gemini-2.5-flash');
  t.like(model, {
    name: 'models/gemini-2.5-flash',
    version: '001',
    displayName: 'Gemini 2.5 Flash',
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    maxTemperature: 2,
    thinking: false,
  });
  t.true(model.supportedGenerationMethods.includes('generateContent'));
  const embedding = await askJson('GET /v1/models/gemini-embedding-001');
  t.deepEqual(embedding.supportedGenerationMethods, ['embedContent', 'batchEmbedContents', 'countTokens']);
});

test('every name is accepted as a model', async t => {
  const {askJson} = emptyGemini();
  t.is((await askJson('GET /v1beta/models/anything:4b')).name, 'models/anything:4b');
  t.is((await askJson('GET /v1beta/tunedModels/mine')).name, 'tunedModels/mine');
  t.like(await askJson('GET /v1beta1/publishers/google/models/x'), {name: 'publishers/google/models/x'});
});

test('the name of another provider’s model is refused', async t => {
  const {refusalOf} = emptyGemini();
  const refusal = await refusalOf('GET /v1beta/models/openai/gpt-5');
  t.is(refusal.message, '* GetModelRequest.name: unexpected model name format\n');
});

test('pages have no gaps, whatever their size', async t => {
  const {askJson} = emptyGemini();
  const all = namesIn(await askJson('GET /v1beta/models'));
  const seen: string[] = [];
  let token = '';
  do {
    const page = await askJson(`GET /v1beta/models?pageSize=5&pageToken=${token}`);
    t.true(page.models.length <= 5);
    seen.push(...namesIn(page));
    token = page.nextPageToken ?? '';
  } while (token !== '');
  t.deepEqual(seen, all);
  t.deepEqual(namesIn(await askJson('GET /v1beta/models?pageSize=5000')), all);
});

test('an invalid page is refused', async t => {
  const {refusalOf} = emptyGemini();
  t.regex((await refusalOf('GET /v1/models?pageSize=-1')).message, /^\* ListModelsRequest\.page_size: /);
  t.is((await refusalOf('GET /v1/models?pageToken=nonsense')).field, 'page_token');
  t.regex((await refusalOf('GET /v1/models?sort=up')).message, /Unknown name "sort"/);
});

test('the list of tuned models is empty', async t => {
  const {askJson} = emptyGemini();
  t.deepEqual(await askJson('GET /v1beta/tunedModels?pageSize=3'), {tunedModels: []});
  t.deepEqual(await askJson('GET /v1beta1/projects/p/locations/l/models?filter=a'), {models: []});
});

test('Vertex AI lists publisher models', async t => {
  const {askJson} = emptyGemini();
  const {publisherModels} = await askJson('GET /v1beta1/publishers/google/models');
  t.is(publisherModels[0].name, 'publishers/google/models/gemma3-270m');
});

test('an upstream known only by its address is not listed as a model', async t => {
  const {askJson} = emptyGemini({localModel: 'http://127.0.0.1:9931/v1'});
  t.is(namesIn(await askJson('GET /v1beta/models'))[0], 'models/gemini-3.8-flash');
});
