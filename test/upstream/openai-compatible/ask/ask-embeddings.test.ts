import test from 'ava';
import type {JsonValue} from '../../../../src/chat/json.js';
import {foldEmbeddings} from '../../../../src/chat/reply.js';
import type {Content, EmbedInput, EmbedRequest} from '../../../../src/chat/request.js';
import {echoing, failing, inTurn, replying, scriptedUpstream} from '../../../support/scripted-upstream.js';
import {buildModel, present} from '../../asking.js';

const text = (words: string): EmbedInput => ({content: [{type: 'text', text: words}]});
const request = (...inputs: readonly EmbedInput[]): EmbedRequest => ({operation: 'embed', inputs});

/** An embedding that identifies its input by length and position. */
const vectors = replying(({input, dimensions = 2}) => ({
  model: 'scripted-model',
  data: input
    .map((item: {length: number}, index: number) => ({
      index,
      embedding: Array.from({length: dimensions}, (_, place) => (place === 0 ? item.length : 0.5)),
    }))
    .reverse(),
  usage: {prompt_tokens: 3 * input.length, total_tokens: 3 * input.length},
}));

test('embeddings are in the order of the inputs, with the token usage', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {routes: {'/v1/embeddings': vectors}});
  const asked = {...request(text('a'), text('bb')), extras: {user: 'x'}};
  const reply = await foldEmbeddings(buildModel(t, upstream).ask(asked, present()));
  t.deepEqual(reply.embeddings, [
    [1, 0.5],
    [2, 0.5],
  ]);
  t.deepEqual(reply.usage, {inputTokens: 6, outputTokens: 0});
  t.deepEqual(upstream.requests[0]?.body, {input: ['a', 'bb'], encoding_format: 'float', user: 'x'});
});

test('tokens are sent as tokens', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {routes: {'/v1/embeddings': vectors}});
  await foldEmbeddings(buildModel(t, upstream).ask(request({content: {tokens: [1, 2, 3]}}), present()));
  t.deepEqual(upstream.requests[0]?.body.input, [[1, 2, 3]]);
});

const purposes = test.macro({
  title: (_, expected: string) => `a task is sent as a prefix: ${expected}`,
  async exec(t, expected: string, more: Partial<EmbedInput>) {
    const upstream = await scriptedUpstream(t, echoing(), {routes: {'/v1/embeddings': vectors}});
    const input = {...text('words'), ...more};
    await foldEmbeddings(buildModel(t, upstream).ask(request(input), present()));
    t.deepEqual(upstream.requests[0]?.body.input, [expected]);
  },
});

test(purposes, 'task: search result | query: words', {task: 'RETRIEVAL_QUERY'});
test(purposes, 'title: none | text: words', {task: 'RETRIEVAL_DOCUMENT'});
test(purposes, 'title: A title | text: words', {task: 'RETRIEVAL_DOCUMENT', title: 'A title'});
test(purposes, 'task: sentence similarity | query: words', {task: 'SEMANTIC_SIMILARITY'});
test(purposes, 'task: new purpose | query: words', {task: 'NEW_PURPOSE'});
test(purposes, 'words', {task: 'TASK_TYPE_UNSPECIFIED'});

test('a dimension is passed on to a server that may support several, grouped with its neighbours', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {props: null, routes: {'/v1/embeddings': vectors}});
  const inputs = [{...text('a'), dimensions: 3}, {...text('bb'), dimensions: 3}, text('c')];
  const {embeddings, usage} = await foldEmbeddings(
    buildModel(t, upstream).ask(request(...inputs), present()),
  );
  t.deepEqual(
    embeddings.map(({length}) => length),
    [3, 3, 2],
  );
  t.deepEqual(
    upstream.requests.map(({body}) => [body.input, body.dimensions]),
    [
      [['a', 'bb'], 3],
      [['c'], undefined],
    ],
  );
  t.is(usage?.inputTokens, 9);
});

test('a shorter embedding is the scaled beginning of the model’s; a longer one ends in zeros, and a warning says so', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {routes: {'/v1/embeddings': vectors}});
  const ask = (dimensions: number) =>
    foldEmbeddings(buildModel(t, upstream).ask(request({...text('a'), dimensions}), present()));
  t.deepEqual((await ask(2)).embeddings, [[1, 0.5]]);
  t.deepEqual((await ask(1)).embeddings, [[1]]);
  const warnings: string[] = [];
  const warn = (warning: string) => void warnings.push(warning);
  const longer = buildModel(t, upstream).ask(request({...text('a'), dimensions: 4}), {...present(), warn});
  t.deepEqual((await foldEmbeddings(longer)).embeddings, [[1, 0.5, 0, 0]]);
  t.deepEqual(warnings, ["The model's embeddings have 2 dimensions; zeros fill them up to 4."]);
});

const letter: Content = {
  type: 'document',
  render: {pageSize: 896, maxPages: 100},
  pages: [{pixels: 'p', text: 'Dear Ann'}],
};
const media = (pagesGiven: 'images' | 'text') => ({
  pagesGiven,
  image: async () => ({bytes: Buffer.from(''), mediaType: 'image/png'}),
  page: async () => ({bytes: Buffer.from(''), mediaType: 'image/png'}),
});

test('a document is embedded by its text if models get text', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {routes: {'/v1/embeddings': vectors}});
  const model = buildModel(t, upstream);
  await foldEmbeddings(model.ask(request({content: [letter]}), {...present(), media: media('text')}));
  t.deepEqual(upstream.requests[0]?.body.input, ['Page 1 of 1:\nDear Ann\n\n']);
  for (const part of [letter, {type: 'image', sha256: 'i'}] as const) {
    const failing = foldEmbeddings(
      model.ask(request({content: [part]}), {...present(), media: media('images')}),
    );
    await t.throwsAsync(failing, {code: 'not_supported', message: /^Embeddings accept only text/});
  }
});

const damaged = test.macro({
  title: (_, what: string) => `an invalid embeddings answer: ${what}`,
  async exec(t, _what: string, data: JsonValue) {
    const upstream = await scriptedUpstream(t, echoing(), {
      routes: {'/v1/embeddings': replying(() => ({data}))},
    });
    await t.throwsAsync(
      foldEmbeddings(buildModel(t, upstream).ask(request(text('a'), text('b')), present())),
      {
        code: 'upstream_failed',
        message: /^Expected 2 embeddings from the upstream, but /,
      },
    );
  },
});

test(damaged, 'one is missing', [{index: 0, embedding: [1]}]);
test(damaged, 'one is there twice', [
  {index: 0, embedding: [1]},
  {index: 0, embedding: [1]},
]);
test(damaged, 'one is text', [
  {index: 0, embedding: 'AAAA'},
  {index: 1, embedding: [1]},
]);
test(damaged, 'there is no list', null);

test('a text that is too long for the engine is a client error', async t => {
  const message = 'input (1002 tokens) is too large to process. increase the physical batch size';
  const upstream = await scriptedUpstream(t, echoing(), {
    routes: {'/v1/embeddings': inTurn(failing(500, {error: {code: 500, message}}))},
  });
  const error = await t.throwsAsync(
    foldEmbeddings(buildModel(t, upstream).ask(request(text('a')), present())),
    {
      code: 'upstream_rejected',
      message: /too large to process/,
    },
  );
  t.like(error, {status: 400, hint: 'Raise the option `upstream.engine.ubatchSize`, or send less at once.'});
});
