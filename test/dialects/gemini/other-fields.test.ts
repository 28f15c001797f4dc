import {type TObject, type TSchema, TypeGuard} from '@sinclair/typebox';
import test from 'ava';
import type {JsonObject, JsonValue} from '../../../src/chat/json.js';
import {CachedContent} from '../../../src/dialects/gemini/caches/schema.js';
import {
  BatchEmbedContentsRequest,
  EmbedContentRequest,
  PredictRequest,
} from '../../../src/dialects/gemini/embeddings/schema.js';
import {snakeCase} from '../../../src/dialects/gemini/field-names.js';
import {CreateFileRequest} from '../../../src/dialects/gemini/files/schema.js';
import {handlingOf} from '../../../src/dialects/gemini/proto-types.js';
import {CountTokensRequest} from '../../../src/dialects/gemini/token-counts/schema.js';
import {questionEndpoint} from '../../support/dialects.js';
import {ask, refusalOf} from './ask.js';
import {emptyGemini} from './ask-local.js';

/** Messages that are part of several requests; `fields.test.ts` checks those. */
const shared = new Set(['Content', 'GenerateContentRequest', 'GenerationConfig', 'Tool', 'ToolConfig']);

function pathsOf(message: TObject, before = ''): readonly (readonly [string, TSchema])[] {
  return Object.entries(message.properties).flatMap(([name, schema]) => {
    const path = before + name;
    const item: TSchema = TypeGuard.IsArray(schema) ? schema.items : schema;
    const isOpened =
      handlingOf(schema) === 'neutral' && TypeGuard.IsObject(item) && !shared.has(item['typeName']);
    return isOpened ? pathsOf(item, `${path}.`) : [[path, schema] as const];
  });
}

const content: JsonObject = {parts: [{text: 'a'}]};
const changed: JsonObject = {parts: [{text: 'b'}]};
const tools: JsonValue = [{functionDeclarations: [{name: 'f'}]}];
const choice: JsonObject = {functionCallingConfig: {mode: 'ANY'}};

type Requests = Readonly<
  Record<string, {readonly message: TObject; readonly base: JsonObject; readonly samples: JsonObject}>
>;

const embedSamples: JsonObject = {
  content: changed,
  taskType: 'CLUSTERING',
  title: 'T',
  outputDimensionality: 3,
  'embedContentConfig.taskType': 'CLUSTERING',
  'embedContentConfig.title': 'T',
  'embedContentConfig.outputDimensionality': 3,
  'embedContentConfig.autoTruncate': true,
  'embedContentConfig.documentOcr': true,
  'embedContentConfig.audioTrackExtraction': true,
  model: 'models/other',
  autoTruncate: true,
  documentOcr: true,
  audioTrackExtraction: true,
};

const questions: Requests = {
  countTokens: {
    message: CountTokensRequest,
    base: {contents: [content]},
    samples: {
      contents: [changed],
      generateContentRequest: {contents: [changed]},
      systemInstruction: content,
      tools,
      toolConfig: choice,
      generationConfig: {responseMimeType: 'application/json'},
      model: 'models/other',
      instances: [{}],
    },
  },
  embedContent: {message: EmbedContentRequest, base: {content}, samples: embedSamples},
  batchEmbedContents: {
    message: BatchEmbedContentsRequest,
    base: {requests: [{content}]},
    samples: {
      model: 'models/other',
      ...Object.fromEntries(Object.entries(embedSamples).map(([path, value]) => [`requests.${path}`, value])),
    },
  },
  predict: {
    message: PredictRequest,
    base: {instances: [{content: 'a'}]},
    samples: {
      'instances.content': 'b',
      'instances.taskType': 'CLUSTERING',
      'instances.title': 'T',
      'instances.mimeType': 'text/plain',
      'instances.prompt': 'a cat',
      'instances.image': {bytesBase64Encoded: 'aGk='},
      'instances.text': 'b',
      'instances.video': {gcsUri: 'gs://b/o'},
      'parameters.outputDimensionality': 3,
      'parameters.autoTruncate': true,
      labels: {team: 'a'},
    },
  },
};

for (const [endpoint, {message, base, samples}] of Object.entries(questions)) {
  const paths = pathsOf(message);
  test(`${endpoint}: each field has a sample`, t => {
    t.deepEqual(Object.keys(samples).sort(), paths.map(([path]) => path).sort());
  });
  for (const [path, schema] of paths) {
    const handling = handlingOf(schema);
    // A prompt is replaced by a complete request.
    const beside = path === 'generateContentRequest' ? {} : path === 'toolConfig' ? {...base, tools} : base;
    test(`${endpoint}: ${path} is ${handling}`, t => {
      const body = withMember(beside, path.split('.'), samples[path] ?? null);
      const asking = {endpoint, path: '/v1/projects/p/locations/l/publishers/google/models/m:x'};
      if (handling === 'refused') {
        t.is(refusalOf(body, asking).code, 'not_supported');
        t.regex(refusalOf(body, asking).message, new RegExp(`${snakeCase(path.split('.').at(-1) ?? '')}: `));
        return;
      }
      const asked = JSON.stringify(ask(body, asking).request);
      const plain = JSON.stringify(ask(path === 'toolConfig' ? beside : base, asking).request);
      if (handling === 'ignored') t.is(asked, plain);
      else t.not(asked, plain);
    });
  }
}

const cacheSamples: JsonObject = {
  model: 'models/other',
  displayName: 'd',
  contents: [changed],
  systemInstruction: content,
  tools,
  toolConfig: choice,
  ttl: '5s',
  expireTime: '2027-01-01T00:00:00Z',
  labels: {team: 'a'},
  name: 'cachedContents/abc',
  createTime: '2020-01-01T00:00:00Z',
  updateTime: '2020-01-01T00:00:00Z',
  usageMetadata: {totalTokenCount: 5},
  encryptionSpec: {kmsKeyName: 'k'},
};

/** The returned cache, and the request that uses it. */
async function kept(body: JsonObject): Promise<string> {
  const proxy = emptyGemini();
  const {name, ...told} = await proxy.askJson('POST /v1beta/cachedContents', {body});
  const {request} = questionEndpoint(proxy.gemini.endpoints['generateContent']).decodeRequest({
    params: {model: String(body['model']).replace('models/', '')},
    query: new URLSearchParams(),
    headers: {},
    path: '/',
    body: {contents: [content], cachedContent: name},
  });
  return JSON.stringify([told, request]);
}

test('a cache: each field has a sample', t => {
  t.deepEqual(Object.keys(cacheSamples).sort(), Object.keys(CachedContent.properties).sort());
});

for (const [field, schema] of Object.entries<TSchema>(CachedContent.properties)) {
  const handling = handlingOf(schema);
  test(`a cache: ${field} is ${handling}`, async t => {
    const base: JsonObject = {model: 'models/m', contents: [content], ...(field === 'toolConfig' && {tools})};
    const body = {...base, [field]: cacheSamples[field] ?? null};
    if (handling === 'refused') {
      const refusal = await emptyGemini().refusalOf('POST /v1beta/cachedContents', {body});
      t.is(refusal.code, 'not_supported');
    } else if (handling === 'ignored') t.is(await kept(body), await kept(base));
    else t.not(await kept(body), await kept(base));
  });
}

const fileSamples: JsonObject = {
  name: 'files/mine',
  displayName: 'd',
  mimeType: 'text/csv',
  sizeBytes: '99',
  createTime: '2020-01-01T00:00:00Z',
  updateTime: '2020-01-01T00:00:00Z',
  expirationTime: '2020-01-01T00:00:00Z',
  sha256Hash: 'aGk=',
  uri: 'https://example.com',
  downloadUri: 'https://example.com',
  state: 'ACTIVE',
  source: 'UPLOADED',
  error: {code: 3},
  videoMetadata: {videoDuration: '5s'},
};

async function uploaded(file: JsonObject): Promise<string> {
  const proxy = emptyGemini();
  const {headers} = await proxy.ask('POST /upload/v1beta/files', {
    headers: {'x-goog-upload-protocol': 'resumable', 'x-goog-upload-command': 'start'},
    body: {file},
  });
  const {status, body} = await proxy.ask(
    `POST ${headers['x-goog-upload-url']?.replace('http://localhost:8090', '')}`,
    {
      headers: {'x-goog-upload-command': 'upload, finalize', 'x-goog-upload-offset': '0'},
      body: Buffer.from('hello'),
    },
  );
  return `${status} ${body}`;
}

const file = CreateFileRequest.properties.file;
test('a file: each field has a sample', t => {
  t.deepEqual(Object.keys(fileSamples).sort(), Object.keys(file.properties).sort());
});

for (const [field, schema] of Object.entries<TSchema>(file.properties)) {
  test(`a file: ${field} is ${handlingOf(schema)}`, async t => {
    const [given, plain] = [await uploaded({[field]: fileSamples[field] ?? null}), await uploaded({})];
    if (handlingOf(schema) === 'ignored') t.is(given, plain);
    else t.not(given, plain);
  });
}

/** The body with one more member; lists have one element. */
function withMember(body: JsonObject, [name = '', ...rest]: readonly string[], value: JsonValue): JsonObject {
  if (rest.length === 0) return {...body, [name]: value};
  const inner = body[name] ?? {};
  if (!Array.isArray(inner)) return {...body, [name]: withMember(inner as JsonObject, rest, value)};
  return {...body, [name]: [withMember(inner[0], rest, value)]};
}
