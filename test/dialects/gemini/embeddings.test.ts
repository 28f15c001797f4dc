import test from 'ava';
import type {AnswerChunk} from '../../../src/chat/chunk.js';
import type {JsonObject, JsonValue} from '../../../src/chat/json.js';
import {ask, identity, refusalOf, streamOf} from './ask.js';

const content: JsonObject = {parts: [{text: 'a'}]};
const input = {content: [{type: 'text', text: 'a'}]};

const understands = test.macro({
  exec(t, endpoint: string, body: JsonValue, inputs: readonly object[]) {
    t.deepEqual(ask(body, {endpoint}).request, {operation: 'embed', inputs} as never);
  },
  title: (_, endpoint: string, body: JsonValue) => `${endpoint} decodes ${JSON.stringify(body)}`,
});

const asked = {task: 'RETRIEVAL_DOCUMENT', title: 'T', dimensions: 256};
const asking: JsonObject = {taskType: 'RETRIEVAL_DOCUMENT', title: 'T', outputDimensionality: 256};
test(understands, 'embedContent', {content}, [input]);
test(understands, 'embedContent', {model: 'models/x', content: {role: 'user', ...content}}, [input]);
test(understands, 'embedContent', {content, ...asking}, [{...input, ...asked}]);
test(understands, 'embedContent', {content, embedContentConfig: asking}, [{...input, ...asked}]);
test(understands, 'embedContent', {content, task_type: 'TASK_TYPE_UNSPECIFIED'}, [input]);
test(understands, 'embedContent', {content: {parts: [{text: 'a'}, {text: 'b'}]}}, [
  {content: [...input.content, {type: 'text', text: 'b'}]},
]);
test(understands, 'batchEmbedContents', {requests: [{content}, {content, ...asking}]}, [
  input,
  {...input, ...asked},
]);
test(understands, 'predict', {instances: [{content: 'a'}]}, [input]);
test(
  understands,
  'predict',
  {
    instances: [{content: 'a', task_type: 'RETRIEVAL_DOCUMENT', title: 'T'}],
    parameters: {outputDimensionality: 256, autoTruncate: true},
  },
  [{...input, ...asked}],
);

const refuses = test.macro({
  exec(t, endpoint: string, body: JsonValue, message: RegExp) {
    const refusal = refusalOf(body, {endpoint});
    t.is(refusal.status, 400);
    t.regex(refusal.message, message);
  },
  title: (_, endpoint: string, body: JsonValue) => `${endpoint} refuses ${JSON.stringify(body).slice(0, 80)}`,
});

test(refuses, 'embedContent', {}, /^\* EmbedContentRequest\.content: contents is not specified\n$/);
test(
  refuses,
  'embedContent',
  {content, outputDimensionality: 0},
  /^\* EmbedContentRequest\.output_dimensionality: /,
);
test(refuses, 'embedContent', {content, taskType: 'COOKING'}, /Invalid value at 'task_type'/);
test(
  refuses,
  'embedContent',
  {content, taskType: 'CLUSTERING', embedContentConfig: {taskType: 'CLASSIFICATION'}},
  /^\* EmbedContentRequest\.embed_content_config\.task_type: /,
);
test(
  refuses,
  'embedContent',
  {content: {parts: [{functionCall: {name: 'f'}}]}},
  /^\* EmbedContentRequest\.content\.parts\[0\]: /,
);
test(refuses, 'batchEmbedContents', {}, /^\* BatchEmbedContentsRequest\.requests: /);
test('a batch can have any number of requests', t => {
  const requests = Array.from({length: 250}, () => ({content}));
  const inputs = requests.map(() => input);
  t.deepEqual(ask({requests}, {endpoint: 'batchEmbedContents'}).request, {
    operation: 'embed',
    inputs,
  } as never);
});
test(
  refuses,
  'batchEmbedContents',
  {requests: [{content}, {content: {}}]},
  /^\* BatchEmbedContentsRequest\.requests\[1\]\.content: /,
);
test(refuses, 'predict', {instances: [{}]}, /^\* PredictRequest\.instances\[0\]\.content: /);
test(refuses, 'predict', {instances: [{prompt: 'a cat'}]}, /instances\[0\]\.prompt: retake does not support/);
test(
  refuses,
  'predict',
  {instances: [{content: 'a'}], parameters: {outputDimensionality: -1}},
  /^\* PredictRequest\.parameters\.output_dimensionality: /,
);

const vectors: readonly AnswerChunk[] = [
  {type: 'reply-start', answeredBy: {model: 'm'}},
  {type: 'embedding', input: 0, values: [0.1, 1e-7]},
  {type: 'embedding', input: 1, values: [-1, 2]},
  {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}], usage: {inputTokens: 5, outputTokens: 0}},
];

const tells = test.macro({
  async exec(t, endpoint: string, body: JsonValue, answered: readonly AnswerChunk[], told: object) {
    const {answer} = ask(body, {endpoint});
    if (answer.delivery !== 'unary') throw new Error('Expected an answer in one piece');
    t.deepEqual(JSON.parse(await answer.encode(streamOf(answered), identity)), told);
  },
  title: (_, endpoint: string, body: JsonValue) =>
    `${endpoint} returns the embeddings of ${JSON.stringify(body)}`,
});

const single = vectors.filter(chunk => chunk.type !== 'embedding' || chunk.input === 0);
const usageMetadata = {promptTokenCount: 5};
test(tells, 'embedContent', {content}, single, {embedding: {values: [0.1, 1e-7]}, usageMetadata});
test(tells, 'batchEmbedContents', {requests: [{content}, {content}]}, vectors, {
  embeddings: [{values: [0.1, 1e-7]}, {values: [-1, 2]}],
  usageMetadata,
});
test(tells, 'predict', {instances: [{content: 'a'}]}, single, {
  predictions: [{embeddings: {values: [0.1, 1e-7], statistics: {truncated: false, token_count: 5}}}],
});
test(tells, 'predict', {instances: [{content: 'a'}, {content: 'b'}]}, vectors, {
  predictions: [
    {embeddings: {values: [0.1, 1e-7], statistics: {truncated: false}}},
    {embeddings: {values: [-1, 2], statistics: {truncated: false}}},
  ],
});
