import Anthropic from '@anthropic-ai/sdk';
import {GoogleGenAI} from '@google/genai';
import type {ExecutionContext} from 'ava';
import fc from 'fast-check';
import OpenAI, {toFile} from 'openai';
import {parseJson} from '../../src/chat/json.js';
import {readObject, writeObject} from '../../src/chat/shared-objects.js';
import {externalUpstream} from '../../src/upstream/openai-compatible/external-upstream.js';
import {buildProxy} from '../support/build-proxy.js';
import {hasPostgres, postgresTest as test, useServer} from '../support/postgres-server.js';
import {roundRobin} from '../support/round-robin.js';
import {answering, scriptedUpstream} from '../support/scripted-upstream.js';

const server = useServer();
let stores = 0;

/** Three proxies with one database, which get requests in turn: no two requests in a row reach the same one. */
async function replicas(t: ExecutionContext, cassette = `${server().address}?cassette=objects-${stores++}`) {
  const upstream = await scriptedUpstream(t, answering(['Hello']));
  const build = async () =>
    (
      await buildProxy(t, {
        ...{cassette, sharedSessions: true, pace: 'instant'},
        upstream: externalUpstream({url: upstream.url}),
      })
    ).url;
  const front = await roundRobin(t, [await build(), await build(), await build()]);
  return {
    upstream,
    cassette,
    front,
    openai: new OpenAI({apiKey: 'none', baseURL: `${front}/v1`, maxRetries: 0}),
    gemini: new GoogleGenAI({apiKey: 'none', httpOptions: {baseUrl: front}}),
  };
}

test('a file that one replica received can be listed, read, used and deleted at the others', async t => {
  const {openai, upstream} = await replicas(t);
  const file = await openai.files.create({
    file: await toFile(Buffer.from('The code is 42.'), 'code.txt'),
    purpose: 'user_data',
  });
  const same = await openai.files.create({
    file: await toFile(Buffer.from('The code is 42.'), 'code.txt'),
    purpose: 'user_data',
  });
  t.not(same.id, file.id);
  t.deepEqual(
    (await openai.files.list({order: 'asc'})).data.map(({id}) => id),
    [file.id, same.id],
  );
  t.is(await (await openai.files.content(file.id)).text(), 'The code is 42.');
  const ask = () =>
    openai.chat.completions.create({
      model: 'gpt-4o',
      messages: [
        {
          role: 'user',
          content: [
            {type: 'file', file: {file_id: file.id}},
            {type: 'text', text: 'Which code?'},
          ],
        },
      ],
    });
  for (let replica = 0; replica < 3; replica++) t.is((await ask()).choices[0]?.message.content, 'Hello');
  t.is(upstream.requests.length, 1);
  t.regex(JSON.stringify(upstream.requests[0]?.body), /The code is 42/);
  await openai.files.delete(file.id);
  for (let replica = 0; replica < 3; replica++)
    await t.throwsAsync(openai.files.retrieve(file.id), {message: /No such File/});
});

test('a response and a completion that one replica stored are continued and read at the others', async t => {
  const {openai, upstream} = await replicas(t);
  const first = await openai.responses.create({model: 'gpt-4o', input: 'My name is Bea.'});
  for (let replica = 0; replica < 3; replica++) {
    const next = await openai.responses.create({
      model: 'gpt-4o',
      input: 'What is it?',
      previous_response_id: first.id,
    });
    t.is(next.output_text, 'Hello');
  }
  t.is(upstream.requests.length, 2);
  t.regex(JSON.stringify(upstream.requests[1]?.body), /My name is Bea/);
  const streamed = openai.responses.stream({model: 'gpt-4o', input: 'A streamed one'});
  const {id} = await streamed.finalResponse();
  for (let replica = 0; replica < 3; replica++)
    t.is((await openai.responses.retrieve(id)).output_text, 'Hello');
  await openai.responses.delete(id);
  for (let replica = 0; replica < 3; replica++)
    await t.throwsAsync(openai.responses.retrieve(id), {message: /not found/});
  const stored = await openai.chat.completions.create({
    ...{model: 'gpt-4o', store: true, metadata: {run: 'nightly'}},
    messages: [{role: 'user', content: 'Hi'}],
  });
  for (let replica = 0; replica < 3; replica++) {
    t.is((await openai.chat.completions.retrieve(stored.id)).choices[0]?.message.content, 'Hello');
    t.is((await openai.chat.completions.list({metadata: {run: 'nightly'}})).data.length, 1);
  }
});

test('a conversation grows through requests to different replicas, and two that replicas create are two', async t => {
  const {openai, upstream} = await replicas(t);
  const [one, other] = [await openai.conversations.create({}), await openai.conversations.create({})];
  t.not(one.id, other.id);
  for (const input of ['My name is Bea.', 'I live in Oslo.', 'Who am I?'])
    await openai.responses.create({model: 'gpt-4o', input, conversation: one.id});
  const last = JSON.stringify(upstream.requests.at(-1)?.body);
  for (const text of ['Bea', 'Oslo', 'Who am I']) t.true(last.includes(text), last);
  t.is((await openai.conversations.items.list(one.id)).data.length, 6);
  t.is((await openai.conversations.items.list(other.id)).data.length, 0);
});

test('interactions and threads that one replica answered go on at the others', async t => {
  const {gemini, upstream, front} = await replicas(t);
  const model = 'gemini-2.5-flash';
  const first = await gemini.interactions.create({model, input: 'My name is Bea.'});
  for (let replica = 0; replica < 3; replica++) {
    t.is((await gemini.interactions.get(first.id)).output_text, 'Hello');
    const next = {model, input: 'Who am I?', previous_interaction_id: first.id};
    t.is((await gemini.interactions.create(next)).output_text, 'Hello');
  }
  t.is(upstream.requests.length, 2);
  t.regex(JSON.stringify(upstream.requests[1]?.body), /My name is Bea.*Who am I/);
  await gemini.interactions.delete(first.id);
  for (let replica = 0; replica < 3; replica++)
    await t.throwsAsync(gemini.interactions.get(first.id), {message: /not found/});

  const anthropic = new Anthropic({apiKey: 'none', baseURL: front, maxRetries: 0});
  const thread = anthropic.beta.messages.thread({model: 'claude-opus-5', max_tokens: 100});
  for (const content of ['I live in Oslo.', 'Is it cold?', 'And in May?'])
    t.like((await thread.send({role: 'user', content})).content, [{text: 'Hello'}]);
  t.is(upstream.requests.length, 5);
  t.regex(JSON.stringify(upstream.requests[4]?.body), /I live in Oslo.*Is it cold.*And in May/);
});

test('an upload goes through several replicas, and its file and a cache of it are used at any', async t => {
  const {gemini, upstream} = await replicas(t);
  const bytes = new Uint8Array(Buffer.from('The code is 42.'));
  const file = await gemini.files.upload({
    file: new Blob([bytes], {type: 'text/plain'}),
    config: {name: 'code', mimeType: 'text/plain'},
  });
  t.is(file.name, 'files/code');
  await gemini.files.upload({file: new Blob([bytes]), config: {mimeType: 'text/plain'}});
  const names: unknown[] = [];
  for await (const one of await gemini.files.list({config: {pageSize: 1}})) names.push(one.name);
  t.is(names.length, 2);
  t.is(names[0], 'files/code');
  const contents = [{fileData: {fileUri: file.uri ?? '', mimeType: 'text/plain'}}, {text: 'Which code?'}];
  for (let replica = 0; replica < 3; replica++)
    t.is((await gemini.models.generateContent({model: 'gemini-2.5-flash', contents})).text, 'Hello');
  t.is(upstream.requests.length, 1);
  const cache = await gemini.caches.create({model: 'gemini-2.5-flash', config: {contents, ttl: '600s'}});
  const config = {cachedContent: cache.name ?? ''};
  for (let replica = 0; replica < 3; replica++) {
    const asked = gemini.models.generateContent({model: 'gemini-2.5-flash', contents: 'And again?', config});
    t.is((await asked).text, 'Hello');
  }
  t.is(upstream.requests.length, 2);
  t.regex(JSON.stringify(upstream.requests[1]?.body), /The code is 42.*And again/);
});

test('objects outlive their replicas, have their time, and are apart for each cassette of an address', async t => {
  const {openai, cassette} = await replicas(t);
  const upload = async () =>
    openai.files.create({
      ...{file: await toFile(Buffer.from('timed'), 'a.txt'), purpose: 'user_data'},
      expires_after: {anchor: 'created_at', seconds: 3600},
    });
  const {id, expires_at: expires = 0} = await upload();
  const later = await replicas(t, cassette);
  t.is(await (await later.openai.files.content(id)).text(), 'timed');
  const other = await replicas(t);
  t.is((await other.openai.files.list()).data.length, 0);
  const [row] = await server().query(
    'SELECT extract(epoch FROM expires)::bigint AS expires FROM retake.objects WHERE id = $1',
    [id],
  );
  t.is(Number(row?.['expires']), expires);
  await server().query("UPDATE retake.objects SET expires = now() - interval '1 s' WHERE id = $1", [id]);
  const last = await replicas(t, cassette);
  await t.throwsAsync(last.openai.files.retrieve(id), {message: /No such File/});
  t.is((await server().query('SELECT 1 FROM retake.objects WHERE id = $1', [id])).length, 0);
});

test.serial('while the database is away, an upload is a 503 and not acknowledged', async t => {
  const {openai} = await replicas(t);
  await server().stop('SIGQUIT');
  try {
    const upload = openai.files.create({
      file: await toFile(Buffer.from('lost'), 'a.txt'),
      purpose: 'user_data',
    });
    await t.throwsAsync(upload, {message: /503/});
  } finally {
    await server().start();
  }
  const file = await openai.files.create({
    file: await toFile(Buffer.from('kept'), 'a.txt'),
    purpose: 'user_data',
  });
  for (let replica = 0; replica < 3; replica++)
    t.is((await openai.files.retrieve(file.id)).filename, 'a.txt');
});

test('an object is read as it was written', t => {
  const name = fc.oneof(fc.string(), fc.constantFrom('$bytes', '$', '$$a', '2024', '1'));
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.uint8Array());
  const {value} = fc.letrec(tie => ({
    value: fc.oneof(
      {maxDepth: 4},
      leaf,
      fc.array(tie('value')),
      fc.dictionary(
        name.filter(one => one !== '__proto__'),
        tie('value'),
        {noNullPrototype: true},
      ),
    ),
  }));
  fc.assert(fc.property(value, one => t.deepEqual(readObject(writeObject(one)), one)));
  const ordered = '{"b":1,"2024":{"10":12345678901234567890,"a":[]},"1":"x"}';
  t.is(writeObject(readObject(writeObject(parseJson(ordered)))), ordered);
});

if (!hasPostgres) test('shared objects', t => t.pass());
