import test from 'ava';
import type {JsonObject, JsonValue} from '../../../src/chat/json.js';
import type {DecodedRequest} from '../../../src/dialects/dialect.js';
import {asChat, questionEndpoint} from '../../support/dialects.js';
import {emptyGemini, type Kept} from './ask-local.js';

const model = 'models/gemini-2.5-flash';
const said = (text: string, role = 'user'): JsonObject => ({role, parts: [{text}]});
const prompt: JsonObject = {
  contents: [said('Here is a book.')],
  systemInstruction: said('Be brief.'),
  tools: [{functionDeclarations: [{name: 'f'}]}],
  toolConfig: {functionCallingConfig: {mode: 'ANY'}},
};

function create(kept: Kept, fields: JsonObject = prompt) {
  return kept.askJson('POST /v1beta/cachedContents', {body: {model, ...fields}});
}

function generate(kept: Kept, body: JsonValue, name = 'gemini-2.5-flash'): DecodedRequest {
  return questionEndpoint(kept.gemini.endpoints['generateContent']).decodeRequest({
    params: {model: name},
    query: new URLSearchParams(),
    headers: {},
    path: '/',
    body,
  });
}

test('a cache is returned without its content', async t => {
  const kept = emptyGemini();
  const cache = await create(kept, {...prompt, displayName: 'book', ttl: '90.5s'});
  t.deepEqual(cache, {
    name: cache.name,
    model,
    displayName: 'book',
    createTime: '2026-01-02T03:04:05.678Z',
    updateTime: '2026-01-02T03:04:05.678Z',
    expireTime: '2026-01-02T03:05:36.178Z',
    usageMetadata: {},
  });
  t.regex(cache.name, /^cachedContents\/[a-z0-9]{24}$/);
  t.deepEqual(await kept.askJson(`GET /v1beta/${cache.name}`), cache);
  t.deepEqual(await kept.askJson('GET /v1beta/cachedContents'), {cachedContents: [cache]});
});

test('a request that uses a cache equals the request with the same content in full', async t => {
  const kept = emptyGemini();
  const {name} = await create(kept);
  const {request, dependsOnState} = generate(kept, {contents: [said('Sum it up.')], cachedContent: name});
  const spelled = generate(kept, {...prompt, contents: [said('Here is a book.'), said('Sum it up.')]});
  t.deepEqual(request, spelled.request);
  t.true(dependsOnState);
  t.is(spelled.dependsOnState, undefined);
});

test('a tool result refers to a tool call in the cache', async t => {
  const kept = emptyGemini();
  const call = {role: 'model', parts: [{functionCall: {name: 'f', args: {}}}]};
  const {name} = await create(kept, {contents: [said('Ask f.'), call]});
  const result = {parts: [{functionResponse: {name: 'f', response: {a: 1}}}]};
  const {turns} = asChat(generate(kept, {contents: [result], cachedContent: name}).request);
  const [asked] = turns[1]?.parts ?? [];
  t.like(turns[2]?.parts[0], {type: 'tool-result', call: asked?.type === 'tool-call' ? asked.call : ''});
});

test('an error names the place in the request, whatever the cache contains', async t => {
  const kept = emptyGemini();
  const {name} = await create(kept);
  const body = {contents: [{role: 'narrator', parts: [{text: 'x'}]}], cachedContent: name};
  t.throws(() => generate(kept, body), {message: 'Please use a valid role: user, model.'});
  try {
    generate(kept, body);
  } catch (error) {
    t.like(error, {field: 'contents[0].role'});
  }
});

test('a request that repeats the cache’s content, or names another model, is refused', async t => {
  const kept = emptyGemini();
  const {name} = await create(kept);
  const asked = {contents: [said('Hi')], cachedContent: name};
  for (const field of ['systemInstruction', 'tools', 'toolConfig']) {
    t.throws(() => generate(kept, {...asked, [field]: prompt[field] ?? null}), {
      message: /^CachedContent can not be used with GenerateContent request setting system_instruction/,
    });
  }
  t.notThrows(() => generate(kept, {...asked, tools: [], toolConfig: {}, generationConfig: {}}));
  t.throws(() => generate(kept, asked, 'gemini-2.5-pro'), {
    message:
      'Model used by GenerateContent request (models/gemini-2.5-pro) and CachedContent (models/gemini-2.5-flash) has to be the same.',
  });
});

test('a token count includes the cache', async t => {
  const kept = emptyGemini();
  const {name} = await create(kept, {contents: [said('a')]});
  const {request, dependsOnState} = questionEndpoint(kept.gemini.endpoints['countTokens']).decodeRequest({
    params: {model: 'gemini-2.5-flash'},
    query: new URLSearchParams(),
    headers: {},
    path: '/',
    body: {generateContentRequest: {contents: [said('b')], cachedContent: name}},
  });
  t.like(request, {operation: 'count-tokens', turns: {length: 2}});
  t.true(dependsOnState);
});

test('a cache keeps the files that it was made from', async t => {
  const kept = emptyGemini();
  const {file} = await kept.askJson('POST /upload/v1beta/files', {
    headers: {'x-goog-upload-protocol': 'raw', 'content-type': 'text/plain'},
    body: Buffer.from('a book'),
  });
  const {name} = await create(kept, {contents: [{parts: [{fileData: {fileUri: file.uri}}]}]});
  await kept.ask(`DELETE /v1beta/${file.name}`);
  const {turns} = asChat(generate(kept, {contents: [said('Hi')], cachedContent: name}).request);
  t.like(turns[0]?.parts[0], {
    source: {kind: 'bytes', bytes: Buffer.from('a book')},
    declaredType: 'text/plain',
  });
});

test('a cache expires after an hour by default', async t => {
  const kept = emptyGemini();
  const {name, expireTime} = await create(kept);
  t.is(expireTime, '2026-01-02T04:04:05.678Z');
  kept.now += 3_600_000 - 1;
  await kept.ask(`GET /v1beta/${name}`);
  kept.now += 1;
  const refusal = await kept.refusalOf(`GET /v1beta/${name}`);
  t.is(refusal.status, 403);
  t.is(refusal.message, 'CachedContent not found (or permission denied)');
  t.throws(() => generate(kept, {contents: [said('Hi')], cachedContent: name}), {
    message: /^CachedContent not found/,
  });
});

test('only the expiry time of a cache can be changed', async t => {
  const kept = emptyGemini();
  const {name} = await create(kept);
  kept.now += 1000;
  const patch = (body: JsonObject, query = '') => kept.askJson(`PATCH /v1beta/${name}${query}`, {body});
  t.like(await patch({ttl: '7200s'}), {
    expireTime: '2026-01-02T05:04:06.678Z',
    updateTime: '2026-01-02T03:04:06.678Z',
    createTime: '2026-01-02T03:04:05.678Z',
  });
  t.like(await patch({expireTime: '2027-01-01T00:00:00Z'}, '?updateMask=expireTime'), {
    expireTime: '2027-01-01T00:00:00.000Z',
  });
  t.like(await patch({expire_time: '2027-01-01T01:00:00+01:00'}, '?updateMask=expire_time'), {
    expireTime: '2027-01-01T00:00:00.000Z',
  });
  const refusal = (body: JsonObject, query = '') => kept.refusalOf(`PATCH /v1beta/${name}${query}`, {body});
  t.is((await refusal({displayName: 'x'})).field, 'update_mask');
  t.is((await refusal({ttl: '1s'}, '?updateMask=displayName')).field, 'update_mask');
  t.is((await refusal({})).field, 'cached_content');
  t.is((await refusal({expireTime: '2020-01-01T00:00:00Z'})).field, 'cached_content.expire_time');
  t.is((await refusal({ttl: '0s'})).field, 'cached_content.ttl');
});

test('a deleted cache is gone', async t => {
  const kept = emptyGemini();
  const {name} = await create(kept);
  t.deepEqual(await kept.askJson(`DELETE /v1beta/${name}`, {body: {}}), {});
  t.is((await kept.refusalOf(`DELETE /v1beta/${name}`)).status, 403);
});

test('names are derived from the content, and equal content gets several names', async t => {
  const names = async () => {
    const kept = emptyGemini();
    return [(await create(kept)).name, (await create(kept)).name];
  };
  const first = await names();
  t.is(new Set(first).size, 2);
  t.deepEqual(await names(), first);
});

test('on Vertex AI a cache belongs to its project', async t => {
  const kept = emptyGemini();
  const project = 'projects/p/locations/l';
  const cache = await kept.askJson(`POST /v1beta1/${project}/cachedContents`, {
    body: {...prompt, model: `${project}/publishers/google/models/gemini-2.5-flash`},
  });
  t.true(cache.name.startsWith(`${project}/cachedContents/`));
  t.is((await kept.askJson(`GET /v1beta1/${cache.name}`)).name, cache.name);
  t.notThrows(() => generate(kept, {contents: [said('Hi')], cachedContent: cache.name}));
});

const refuses = test.macro({
  async exec(t, fields: JsonObject, message: RegExp) {
    const kept = emptyGemini();
    const refusal = await kept.refusalOf('POST /v1beta/cachedContents', {body: {model, ...fields}});
    t.is(refusal.status, 400);
    t.regex(refusal.message, message);
    t.deepEqual(await kept.askJson('GET /v1beta/cachedContents'), {cachedContents: []});
  },
  title: (_, fields: JsonObject) => `a cache with ${JSON.stringify(fields).slice(0, 90)} is refused`,
});
const contents = [said('a')];
test(refuses, {contents, model: 'gemini'}, /^\* CreateCachedContentRequest\.cached_content\.model: /);
test(refuses, {contents, model: ''}, /unexpected model name format/);
test(refuses, {}, /^\* CreateCachedContentRequest\.cached_content\.contents: contents is not specified/);
test(refuses, {contents, ttl: '5m'}, /duration must end with 's'/);
test(refuses, {contents, expireTime: 'tomorrow'}, /Illegal timestamp format/);
test(
  refuses,
  {contents, ttl: '-5s'},
  /cached_content\.ttl: the time at which it expires must be in the future/,
);
test(refuses, {contents, ttl: '5s', expireTime: '2027-01-01T00:00:00Z'}, /oneof field 'expiration'/);
test(refuses, {contents, displayName: 'x'.repeat(129)}, /display_name: must be at most 128 characters/);
test(refuses, {contents: [{parts: [{}]}]}, /^\* CreateCachedContentRequest\.cached_content\.contents\[0\]/);
test(refuses, {contents, encryptionSpec: {kmsKeyName: 'k'}}, /retake does not support this field/);
test(refuses, {contents, content: []}, /Unknown name "content"/);
