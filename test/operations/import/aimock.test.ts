import {join} from 'node:path';
import {Readable} from 'node:stream';
import {LLMock} from '@copilotkit/aimock';
import test from 'ava';
import {importCassette} from '../../../src/operations/import-cassette.js';
import {openaiClient} from '../../sdk/javascript/clients.js';
import {buildProxy} from '../../support/build-proxy.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

type Fixture = {readonly match: object; readonly response: object; readonly [name: string]: unknown};

async function importFixtures(t: Parameters<typeof temporaryFolder>[0], fixtures: readonly unknown[]) {
  const cassette = join(await temporaryFolder(t), 'a.cassette');
  const from = Readable.from([JSON.stringify({fixtures})]);
  const report = await importCassette({from, path: cassette, replaces: false});
  return {report, cassette};
}

const says = (userMessage: string, content: string, match: object = {}): Fixture => ({
  match: {userMessage, ...match},
  response: {content},
});

test('a text of the user is answered as aimock itself answers it, in any API', async t => {
  const fixtures = [
    says('hello', 'Hello!'),
    says('hello there', 'never: the first one is found'),
    {
      match: {userMessage: 'json'},
      response: {content: {a: 1}, usage: {prompt_tokens: 3, completion_tokens: 4}},
    },
    says('again', 'one', {sequenceIndex: 0}),
    says('again', 'two', {sequenceIndex: 1}),
    says('again', 'and again'),
    {match: {userMessage: 'long'}, response: {content: 'cut', finishReason: 'length', reasoning: 'Hm'}},
  ];
  const {report, cassette} = await importFixtures(t, fixtures);
  t.is(report.imported.length, 6);
  t.is(report.leftOut.length, 1);
  t.regex(report.leftOut[0]?.reasons[0] ?? '', /fixture 1, which comes first/);
  const mock = new LLMock({port: 0, logLevel: 'silent'});
  mock.addFixturesFromJSON(fixtures as never);
  const address = await mock.start();
  t.teardown(() => mock.stop());
  const {url, post} = await buildProxy(t, {mode: 'replay', cassette});
  const ask = async (at: string, content: string) => {
    const {choices, usage} = await openaiClient(at).chat.completions.create({
      model: 'gpt-4o',
      messages: [{role: 'user', content}],
    });
    return {content: choices[0]?.message.content, finish: choices[0]?.finish_reason, usage};
  };
  for (const content of ['hello', 'json', 'again', 'again', 'again', 'again', 'long']) {
    const [ours, theirs] = [await ask(url, content), await ask(address, content)];
    t.is(ours.content, theirs.content, content);
    t.is(ours.finish, theirs.finish, content);
  }
  t.like((await ask(url, 'json')).usage, {prompt_tokens: 3, completion_tokens: 4});
  const contents = [{role: 'user', parts: [{text: 'hello'}]}];
  const gemini = await post('/v1beta/models/gemini-2.5-flash:generateContent', {contents});
  t.regex(await gemini.text(), /Hello!/);
});

test('a fixture for a model answers that model only', async t => {
  const {report, cassette} = await importFixtures(t, [
    says('hello', 'of 4o', {model: 'gpt-4o'}),
    says('hello', 'of 5', {model: 'gpt-5'}),
    says('bye', 'of any'),
  ]);
  t.is(report.imported.length, 2);
  t.regex(report.leftOut[0]?.reasons[0] ?? '', /any model/);
  const {url} = await buildProxy(t, {mode: 'replay', cassette});
  for (const [model, expected] of [
    ['gpt-4o', 'of 4o'],
    ['gpt-5', 'of 5'],
  ] as const) {
    const messages = [{role: 'user' as const, content: 'hello'}];
    const {choices} = await openaiClient(url).chat.completions.create({model, messages});
    t.is(choices[0]?.message.content, expected);
  }
});

const left: Readonly<Record<string, readonly [fixture: unknown, reason: RegExp]>> = {
  'a system prompt': [says('a', 'b', {systemMessage: 'pirate'}), /`systemMessage`.*system prompt/],
  'the id of a call': [{match: {toolCallId: 'c'}, response: {content: 'b'}}, /`toolCallId`.*earlier turns/],
  'a part of a result': [
    {match: {toolResultContains: 'c'}, response: {content: 'b'}},
    /`toolResultContains`/,
  ],
  'a tool': [says('a', 'b', {toolName: 'c'}), /`toolName`/],
  embeddings: [{match: {inputText: 'c'}, response: {embedding: [1]}}, /`inputText`/],
  'a response format': [says('a', 'b', {responseFormat: 'json_object'}), /`responseFormat`/],
  'a context': [says('a', 'b', {context: 'c'}), /`context`/],
  'a later turn': [says('a', 'b', {turnIndex: 1}), /later turn/],
  'a turn after a tool': [says('a', 'b', {turnIndex: 0, hasToolResult: true}), /later turn/],
  'every request': [{match: {}, response: {content: 'b'}}, /no request is known/],
  'an image': [
    {match: {userMessage: 'a', endpoint: 'image'}, response: {image: {url: 'u'}}},
    /endpoint "image"/,
  ],
  'an error': [
    {match: {userMessage: 'a'}, response: {error: {message: 'm'}, status: 429}},
    /errors are not recorded/,
  ],
  'tool calls': [
    {match: {userMessage: 'a'}, response: {toolCalls: [{name: 'n', arguments: '{}'}]}},
    /tool calls/,
  ],
  'a pattern that JSON lost': [{match: {userMessage: {}}, response: {content: 'b'}}, /text of the user/],
  'a gap in a sequence': [says('a', 'b', {sequenceIndex: 2}), /`sequenceIndex` is 2/],
  'no response': [{match: {userMessage: 'a'}}, /no response/],
  'no match': [{response: {content: 'b'}}, /no match/],
  'a number': [5, /no match/],
};

for (const [name, [fixture, reason]] of Object.entries(left)) {
  test(`a fixture for ${name} is left out with its reason`, async t => {
    const {report} = await importFixtures(t, [says('hello', 'Hello!'), fixture]);
    t.is(report.leftOut.length, 1);
    t.like(report.leftOut[0], {place: 'fixture 2'});
    t.regex(report.leftOut[0]?.reasons[0] ?? '', reason);
  });
}

test('what of a fixture has no place in a recording is named', async t => {
  const {report} = await importFixtures(t, [
    {match: {userMessage: 'a'}, response: {content: 'b', id: 'x'}, latency: 5, chunkSize: 1},
  ]);
  t.deepEqual(report.imported[0]?.reasons, [
    '`latency`, `chunkSize`, `id` of the fixture has no place in a recording',
  ]);
});
