import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {ApiError, GoogleGenAI} from '@google/genai';
import test from 'ava';
import type {AnswerChunk} from '../../../src/chat/chunk.js';
import type {ProxyOptions} from '../../../src/index.js';
import {buildProxy, temporaryFolder} from '../../support/build-proxy.js';
import {ends, type ModelScript, says, scriptedModel} from '../../support/scripted-model.js';
import {geminiClient, openaiClient} from './clients.js';

const model = 'gemini-2.5-flash';

/** Answers each kind of request: a text, an embedding for each input, a token count. */
const any: ModelScript = request => {
  switch (request.operation) {
    case 'chat':
    case 'complete':
      return [says('Hello'), ends()];
    case 'embed':
      return [
        ...request.inputs.map(
          (_, input): AnswerChunk => ({type: 'embedding', input, values: [0.25, -input]}),
        ),
        ends(),
      ];
    case 'count-tokens':
      return [{type: 'token-count', tokens: 42}, ends()];
  }
};

async function asking(t: Parameters<typeof buildProxy>[0], options: Partial<ProxyOptions> = {}) {
  const {upstream, asked} = scriptedModel(any);
  const proxy = await buildProxy(t, {upstream, ...options});
  return {...proxy, asked, client: geminiClient(proxy.url)};
}

test('token counts are requested once and then replayed', async t => {
  const {client, asked, url} = await asking(t);
  for (let asking = 0; asking < 3; asking++) {
    const count = await client.models.countTokens({model, contents: 'Hi'});
    t.is(count.totalTokens, 42);
  }
  const vertex = new GoogleGenAI({vertexai: true, apiKey: 'placeholder', httpOptions: {baseUrl: url}});
  t.is((await vertex.models.countTokens({model, contents: 'Hi'})).totalTokens, 42);
  t.is(asked.length, 1);
  const config = {systemInstruction: 'Be brief.'};
  await vertex.models.countTokens({model, contents: 'Hi', config});
  t.like(asked[1], {operation: 'count-tokens', turns: [{role: 'system'}, {role: 'user'}]});
});

test('the same texts have the same embeddings through both APIs and Vertex AI', async t => {
  const {client, asked, url} = await asking(t);
  const embedding = 'gemini-embedding-001';
  const {embeddings} = await client.models.embedContent({model: embedding, contents: ['a', 'b']});
  t.deepEqual(
    embeddings?.map(({values}) => values),
    [
      [0.25, 0],
      [0.25, -1],
    ],
  );
  const vertex = new GoogleGenAI({vertexai: true, apiKey: 'placeholder', httpOptions: {baseUrl: url}});
  const predicted = await vertex.models.embedContent({model: 'text-embedding-005', contents: ['a', 'b']});
  t.deepEqual(predicted.embeddings?.[1]?.values, [0.25, -1]);
  const {data} = await openaiClient(url).embeddings.create({model: 'any', input: ['a', 'b']});
  t.deepEqual(data[1]?.embedding, [0.25, -1]);
  t.is(asked.length, 1);
  await client.models.embedContent({
    model: embedding,
    contents: ['a', 'b'],
    config: {taskType: 'RETRIEVAL_QUERY'},
  });
  t.is(asked.length, 2);
});

test('the list of models is read page by page', async t => {
  const {client} = await asking(t);
  const names: (string | undefined)[] = [];
  for await (const {name} of await client.models.list({config: {pageSize: 3}})) names.push(name);
  t.true(names.length > 6);
  t.is(new Set(names).size, names.length);
  t.true(names.includes(`models/${model}`));
  const tuned = await client.models.list({config: {queryBase: false}});
  t.deepEqual(tuned.page, []);
  t.like(await client.models.get({model}), {name: `models/${model}`, inputTokenLimit: 1_048_576});
  t.is((await client.models.get({model: 'tunedModels/mine'})).name, 'tunedModels/mine');
});

test('a file of several pieces is uploaded, listed, downloaded and deleted', async t => {
  const {client} = await asking(t);
  const folder = await temporaryFolder(t);
  const path = join(folder, 'large.txt');
  const text = 'abcdefgh'.repeat(2.5 * 1024 * 1024);
  await writeFile(path, text);
  const file = await client.files.upload({file: path, config: {displayName: 'large'}});
  t.like(file, {displayName: 'large', mimeType: 'text/plain', state: 'ACTIVE'});
  t.is(file.sizeBytes, String(text.length));
  const name = file.name ?? '';
  t.like(await client.files.get({name}), {uri: file.uri});
  t.like(await client.files.get({name: file.uri ?? ''}), {name});
  const listed: (string | undefined)[] = [];
  for await (const other of await client.files.list()) listed.push(other.name);
  t.deepEqual(listed, [name]);
  const copy = join(folder, 'copy.txt');
  await client.files.download({file: name, downloadPath: copy});
  t.is(await readFile(copy, 'utf8'), text);
  await client.files.delete({name});
  const error = await t.throwsAsync(client.files.get({name}), {instanceOf: ApiError});
  t.is(error?.status, 403);
});

test('a file is uploaded through a base URL that names a cassette', async t => {
  const folder = await temporaryFolder(t);
  const {url} = await asking(t, {cassette: folder});
  const client = geminiClient(`${url}/@suite`);
  const file = await client.files.upload({file: new Blob(['hello'], {type: 'text/plain'})});
  t.is(file.sizeBytes, '5');
});

test('a request with a cached prompt has the key of the full request, until the cache is deleted', async t => {
  const {client, asked} = await asking(t);
  const book = {role: 'user', parts: [{text: 'Here is a book.'}]};
  const config = {systemInstruction: 'Be brief.'};
  const cache = await client.caches.create({
    model,
    config: {...config, contents: [book], displayName: 'book', ttl: '60s'},
  });
  const name = cache.name ?? '';
  t.is(cache.displayName, 'book');
  const question = {role: 'user', parts: [{text: 'Sum it up.'}]};
  const ask = () =>
    client.models.generateContent({model, contents: [question], config: {cachedContent: name}});
  t.is((await ask()).text, 'Hello');
  t.is((await ask()).text, 'Hello');
  t.is((await client.models.generateContent({model, contents: [book, question], config})).text, 'Hello');
  t.is(asked.length, 1);
  const later = await client.caches.update({name, config: {ttl: '7200s'}});
  t.true(Date.parse(later.expireTime ?? '') > Date.parse(cache.expireTime ?? ''));
  const names: (string | undefined)[] = [];
  for await (const other of await client.caches.list()) names.push(other.name);
  t.deepEqual(names, [name]);
  await client.caches.delete({name});
  const error = await t.throwsAsync(ask(), {instanceOf: ApiError});
  t.is(error?.status, 403);
  t.regex(error?.message ?? '', /CachedContent not found/);
});

test('an unsupported endpoint returns an error in the API’s format, and is not retried', async t => {
  const paths: string[] = [];
  const {client} = await asking(t, {onExchange: ({method, path}) => paths.push(`${method} ${path}`)});
  const asks = [
    () => client.fileSearchStores.get({name: 'fileSearchStores/abc'}),
    () => client.fileSearchStores.list(),
  ];
  for (const ask of asks) {
    await t.throwsAsync(
      async () => {
        await ask();
      },
      {message: /is not served: (?:GET|POST) /},
    );
  }
  t.deepEqual(paths, ['GET /v1/fileSearchStores/abc', 'GET /v1/fileSearchStores']);
});
