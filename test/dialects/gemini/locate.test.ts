import test from 'ava';
import {gemini} from '../../support/dialects.js';

const finds = test.macro({
  exec(t, path: string, model: string, endpoint = 'generateContent') {
    t.deepEqual(gemini.locate('POST', path), {endpoint, params: {model}});
  },
  title: (_, path: string) => `${path} is found`,
});

for (const version of ['v1', 'v1beta', 'v1alpha', 'v1beta1']) {
  test(finds, `/${version}/models/gemini-2.5-flash:generateContent`, 'gemini-2.5-flash');
  test(finds, `/${version}/models/x:streamGenerateContent`, 'x', 'streamGenerateContent');
}
test(finds, '//v1beta/models/x:generateContent', 'x');
test(finds, '/gemini/v1/models/x:generateContent', 'x');
test(finds, '/models/x:generateContent', 'x');
test(finds, '/v1beta/v1beta/models/x:generateContent', 'x');
test(finds, '/v1beta//models/x:generateContent', 'x');
test(finds, '/v1beta/tunedModels/mine:generateContent', 'tunedModels/mine');
test(finds, '/v1beta/dynamic/router:generateContent', 'dynamic/router');
test(finds, '/v1beta/models/publishers/google/models/x:generateContent', 'x');
test(finds, '/v1beta1/publishers/google/models/x:generateContent', 'x');
test(finds, '/v1beta1/projects/p/locations/l/publishers/google/models/x:generateContent', 'x');
test(finds, '/v1/projects/p/locations/l/endpoints/123:generateContent', 'endpoints/123');
test(finds, '/v1/models/org%2Fmodel:generateContent', 'org/model');
test(finds, '/v1/models/x%3AgenerateContent', 'x');
test(finds, '/v1/models/gemma3:4b:generateContent', 'gemma3:4b');
test(finds, '/v1/models/%C3%A9t%C3%A9:generateContent', 'été');

for (const endpoint of ['countTokens', 'embedContent', 'batchEmbedContents', 'predict']) {
  test(finds, `/v1beta/models/x:${endpoint}`, 'x', endpoint);
}

const reaches = test.macro({
  exec(t, line: string, endpoint: string, params: Readonly<Record<string, string>> = {}) {
    const [method = '', path = ''] = line.split(' ');
    t.deepEqual(gemini.locate(method, path), {endpoint, params});
    t.truthy(gemini.endpoints[endpoint], 'the endpoint exists');
  },
  title: (_, line: string) => `${line} is found`,
});

const project = 'projects/p/locations/l/';
test(reaches, 'GET /v1/models', 'listModels');
test(reaches, 'GET //v1beta/models', 'listModels');
test(reaches, 'GET /v1beta/tunedModels', 'listTunedModels');
test(reaches, 'GET /v1beta1/publishers/google/models', 'listPublisherModels');
test(reaches, `GET /v1beta1/${project}publishers/google/models`, 'listPublisherModels');
test(reaches, `GET /v1beta1/${project}models`, 'listProjectModels');
test(reaches, 'GET /v1/models/gemini-2.5-flash', 'getModel', {model: 'gemini-2.5-flash'});
test(reaches, 'GET /v1/models/org%2Fmodel', 'getModel', {model: 'org/model'});
test(reaches, 'GET /v1/models/gemma3:4b', 'getModel', {model: 'gemma3:4b'});
test(reaches, 'GET /v1beta/tunedModels/mine', 'getModel', {model: 'tunedModels/mine'});
test(reaches, 'GET /v1beta1/publishers/google/models/x', 'getPublisherModel', {model: 'x'});
test(reaches, 'POST /upload/v1/files', 'uploadFile');
test(reaches, 'POST /gemini/upload/v1beta/files', 'uploadFile');
test(reaches, 'POST /upload/files', 'uploadFile');
test(reaches, 'PUT /upload/v1beta/files', 'continueUpload');
test(reaches, 'GET /v1/files', 'listFiles');
test(reaches, 'GET /v1/files/abc-1', 'getFile', {file: 'abc-1'});
test(reaches, 'DELETE /v1beta/files/abc-1', 'deleteFile', {file: 'abc-1'});
test(reaches, 'GET /v1beta/files/abc-1:download', 'downloadFile', {file: 'abc-1'});
test(reaches, 'POST /v1beta/cachedContents', 'createCache');
test(reaches, 'GET /v1/cachedContents', 'listCaches');
test(reaches, 'GET /v1/cachedContents/abc', 'getCache', {cache: 'abc'});
test(reaches, 'PATCH /v1/cachedContents/abc', 'updateCache', {cache: 'abc'});
test(reaches, `DELETE /v1beta1/${project}cachedContents/abc`, 'deleteCache', {parent: project, cache: 'abc'});
test(reaches, `POST /v1beta1/${project}cachedContents`, 'createCache', {parent: project});
test(reaches, 'POST /v1/interactions', 'createInteraction');
test(reaches, 'GET /v1beta/interactions/abc', 'getInteraction', {interaction: 'abc'});
test(reaches, 'DELETE /v1/interactions/abc', 'deleteInteraction', {interaction: 'abc'});
test(reaches, 'POST /v1/interactions/abc/cancel', 'cancelInteraction', {interaction: 'abc'});
test(reaches, 'POST /v1/models/x:batchGenerateContent', 'createBatch', {model: 'x'});
test(reaches, 'POST /v1beta/models/x:asyncBatchEmbedContent', 'createEmbeddingBatch', {model: 'x'});
test(reaches, 'GET /v1/batches', 'listBatches');
test(reaches, 'GET /v1beta/batches/abc', 'getBatch', {batch: 'abc'});
test(reaches, 'DELETE /v1beta/batches/abc', 'deleteBatch', {batch: 'abc'});
test(reaches, 'POST /v1/batches/abc:cancel', 'cancelBatch', {batch: 'abc'});
for (const line of [
  'PATCH /v1/batches/abc:updateGenerateContentBatch',
  'POST /v1/projects/p/locations/l/batchPredictionJobs',
  'GET //ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent',
  'POST /v1alpha/auth_tokens',
  'POST /v1beta/models/veo:predictLongRunning',
  'GET /v1beta/models/veo/operations/abc',
  'POST /v1beta1/publishers/google/models/x:computeTokens',
  'POST /upload/v1/fileSearchStores/abc:uploadToFileSearchStore',
  'POST /v1beta/tunedModels',
  'POST /v1/files:register',
  'POST /v1/files',
]) {
  test(reaches, line, `refuse${line.split(' ')[0]}`);
}

const misses = test.macro({
  exec(t, method: string, path: string) {
    t.is(gemini.locate(method, path), undefined);
  },
  title: (_, method: string, path: string) => `${method} ${path} is not found`,
});

test(misses, 'GET', '/v1/models/x:generateContent');
test(misses, 'POST', '/v1/models/x');
test(misses, 'POST', '/v1/models/x:countTokenz');
test(misses, 'GET', '/v1/models/x:countTokens');
test(misses, 'PUT', '/v1beta/files/abc');
test(misses, 'POST', '/v1beta/files/abc');
test(misses, 'DELETE', '/v1beta/models/x');
test(misses, 'GET', '/v1beta/cachedContents/a/b');
test(misses, 'GET', '/upload/v1beta/files');
test(misses, 'POST', '/v1/models/:generateContent');
test(misses, 'POST', '/v1/chat/completions');
test(misses, 'POST', '/v1/models/%E0%A4%A:generateContent');
test(misses, 'POST', '/v1/models/x:generateContent/more');
test(misses, 'POST', '/v1/notmodels/x:generateContent');
