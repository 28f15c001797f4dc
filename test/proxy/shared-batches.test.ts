import Anthropic from '@anthropic-ai/sdk';
import {GoogleGenAI, JobState} from '@google/genai';
import type {ExecutionContext} from 'ava';
import OpenAI from 'openai';
import {externalUpstream} from '../../src/upstream/openai-compatible/external-upstream.js';
import {buildProxy} from '../support/build-proxy.js';
import {eventually} from '../support/eventually.js';
import {hasPostgres, postgresTest as test, useServer} from '../support/postgres-server.js';
import {serve} from '../support/retake.js';
import {roundRobin} from '../support/round-robin.js';
import {answering, type Script, scriptedUpstream} from '../support/scripted-upstream.js';

const server = useServer();
let stores = 0;

const newAddress = () => `${server().address}?cassette=batches-${stores++}`;

function clientsOf(url: string) {
  return {
    openai: new OpenAI({apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0}),
    anthropic: new Anthropic({apiKey: 'none', baseURL: url, maxRetries: 0}),
    gemini: new GoogleGenAI({apiKey: 'none', httpOptions: {baseUrl: url}}),
  };
}

type Clients = ReturnType<typeof clientsOf>;

async function replica(t: ExecutionContext, cassette: string, upstream: string, now?: () => number) {
  const {url} = await buildProxy(t, {
    ...{cassette, sharedSessions: true, now},
    upstream: externalUpstream({url: upstream}),
  });
  return url;
}

/** Three proxies with one database, which get requests in turn: no two requests in a row reach the same one. */
async function replicas(t: ExecutionContext, script: Script) {
  const upstream = await scriptedUpstream(t, script);
  const cassette = newAddress();
  const build = () => replica(t, cassette, upstream.url);
  const front = await roundRobin(t, [await build(), await build(), await build()]);
  return {upstream, ...clientsOf(front)};
}

const model = 'gemini-2.5-flash';

/** A batch of each API with one request for each text. */
async function createBatches({openai, anthropic, gemini}: Clients, texts: readonly string[]) {
  const lines = texts.map(text => ({
    custom_id: text,
    method: 'POST',
    url: '/v1/chat/completions',
    body: {model: 'gpt-4o', messages: [{role: 'user', content: text}]},
  }));
  const input = new File([lines.map(line => JSON.stringify(line)).join('\n')], 'in.jsonl');
  const {id: file} = await openai.files.create({file: input, purpose: 'batch'});
  const created = await openai.batches.create({
    ...{input_file_id: file, endpoint: '/v1/chat/completions', completion_window: '24h'},
  });
  const messages = await anthropic.messages.batches.create({
    requests: texts.map(text => ({
      custom_id: text,
      params: {model: 'claude-opus-5', max_tokens: 100, messages: [{role: 'user', content: text}]},
    })),
  });
  const job = await gemini.batches.create({model, src: texts.map(text => ({contents: text}))});
  return {openai: created.id, anthropic: messages.id, gemini: job.name ?? ''};
}

type Ids = Awaited<ReturnType<typeof createBatches>>;

async function stateOf({openai, anthropic, gemini}: Clients, ids: Ids) {
  return {
    openai: (await openai.batches.retrieve(ids.openai)).status,
    anthropic: (await anthropic.messages.batches.retrieve(ids.anthropic)).processing_status,
    gemini: (await gemini.batches.get({name: ids.gemini})).state,
  };
}

async function untilState(clients: Clients, ids: Ids, expected: Awaited<ReturnType<typeof stateOf>>) {
  await eventually('all batches have ended', async () => {
    const state = await stateOf(clients, ids);
    return JSON.stringify(state) === JSON.stringify(expected);
  });
}

const allDone = {openai: 'completed', anthropic: 'ended', gemini: JobState.JOB_STATE_SUCCEEDED} as const;

async function resultsOf({openai, anthropic, gemini}: Clients, ids: Ids) {
  const {output_file_id: file} = await openai.batches.retrieve(ids.openai);
  const text = await (await openai.files.content(file ?? '')).text();
  const completions = text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).response.body.choices[0].message.content);
  const messages: unknown[] = [];
  for await (const {result} of await anthropic.messages.batches.results(ids.anthropic))
    messages.push(
      result.type === 'succeeded'
        ? result.message.content.map(part => part.type === 'text' && part.text).join('')
        : result,
    );
  const {dest} = await gemini.batches.get({name: ids.gemini});
  const contents = dest?.inlinedResponses?.map(
    one => one.response?.candidates?.[0]?.content?.parts?.[0]?.text,
  );
  return {completions, messages, contents};
}

test('batches that one replica runs are polled, listed, read and deleted at the others', async t => {
  const clients = await replicas(t, answering(['Hello']));
  const {openai, anthropic, gemini, upstream} = clients;
  const ids = await createBatches(clients, ['One', 'Two']);
  const later = await createBatches(clients, ['Three']);
  await untilState(clients, ids, allDone);
  await untilState(clients, later, allDone);
  const hello = ['Hello', 'Hello'];
  for (let round = 0; round < 3; round++) {
    t.deepEqual(await resultsOf(clients, ids), {completions: hello, messages: hello, contents: hello});
    const listed = {openai: [] as string[], anthropic: [] as string[], gemini: [] as string[]};
    for await (const {id} of openai.batches.list({limit: 1})) listed.openai.unshift(id);
    for await (const {id} of anthropic.messages.batches.list({limit: 1})) listed.anthropic.unshift(id);
    for await (const {name = ''} of await gemini.batches.list({config: {pageSize: 1}}))
      listed.gemini.push(name);
    for (const api of ['openai', 'anthropic', 'gemini'] as const)
      t.deepEqual(listed[api], [ids[api], later[api]]);
  }
  t.is(new Set(upstream.requests.map(one => one.text)).size, upstream.requests.length, 'each was asked once');
  await anthropic.messages.batches.delete(ids.anthropic);
  await gemini.batches.delete({name: ids.gemini});
  for (let round = 0; round < 3; round++) {
    await t.throwsAsync(anthropic.messages.batches.retrieve(ids.anthropic), {message: /not found/});
    await t.throwsAsync(gemini.batches.get({name: ids.gemini}), {message: /not found/});
  }
});

/** Answers each question when the test says so. */
function gated() {
  let open = () => {};
  const gate = new Promise<void>(resolve => {
    open = resolve;
  });
  const script: Script = async exchange => {
    if (JSON.stringify(exchange.request.body).includes('slow')) await gate;
    await answering(['Hello'])(exchange);
  };
  return {script, open};
}

test('a batch that is cancelled or deleted at another replica sends no further request', async t => {
  const {script, open} = gated();
  const clients = await replicas(t, script);
  const {openai, anthropic, gemini, upstream} = clients;
  const ids = await createBatches(clients, ['slow', 'never']);
  const deleted = await gemini.batches.create({
    model,
    src: [{contents: 'slow too'}, {contents: 'not this one'}],
  });
  await eventually('the batches run', async () => {
    const {status} = await openai.batches.retrieve(ids.openai);
    return status === 'in_progress' && upstream.requests.length > 0;
  });
  // The next requests reach replicas that do not run the batches.
  await openai.batches.cancel(ids.openai);
  await anthropic.messages.batches.cancel(ids.anthropic);
  await gemini.batches.cancel({name: ids.gemini});
  await gemini.batches.delete({name: deleted.name ?? ''});
  const cancelled = {openai: 'cancelling', anthropic: 'canceling', gemini: JobState.JOB_STATE_CANCELLED};
  for (let round = 0; round < 3; round++) t.deepEqual(await stateOf(clients, ids), cancelled as never);
  open();
  const ended = {openai: 'cancelled', anthropic: 'ended', gemini: JobState.JOB_STATE_CANCELLED} as const;
  await untilState(clients, ids, ended);
  const batch = await openai.batches.retrieve(ids.openai);
  t.like(batch, {request_counts: {total: 2, completed: 1, failed: 1}});
  t.truthy(batch.cancelling_at);
  t.like(await anthropic.messages.batches.retrieve(ids.anthropic), {
    request_counts: {processing: 0, succeeded: 1, canceled: 1},
  });
  for (let round = 0; round < 3; round++)
    await t.throwsAsync(gemini.batches.get({name: deleted.name ?? ''}), {message: /not found/});
  t.deepEqual(
    upstream.requests.map(one => one.text).filter(text => /never|not this/.test(text)),
    [],
  );
});

/** The SDK does not pass on errors and counts of this API. */
async function operationOf({anthropic}: Clients, {gemini}: Ids) {
  const response = await fetch(`${anthropic.baseURL}/v1beta/${gemini}`);
  return JSON.parse(await response.text());
}

test('batches whose replica is killed end as failed at another one, and say why', async t => {
  const {script} = gated();
  const upstream = await scriptedUpstream(t, script);
  const cassette = newAddress();
  let late = 0;
  const other = clientsOf(await replica(t, cassette, upstream.url, () => Date.now() + late));
  const words = ['--cassette', cassette, '--upstream', upstream.url, '--log', 'none'];
  const {child, address} = await serve(t, words);
  const ids = await createBatches(clientsOf(address), ['One', 'slow', 'Two']);
  const running = {openai: 'in_progress', anthropic: 'in_progress', gemini: JobState.JOB_STATE_RUNNING};
  await eventually('another replica knows of the first answers', async () => {
    const {request_counts: counts} = await other.openai.batches.retrieve(ids.openai);
    const {batchStats} = (await operationOf(other, ids)).metadata;
    const {request_counts: messages} = await other.anthropic.messages.batches.retrieve(ids.anthropic);
    return counts?.completed === 1 && messages.succeeded === 1 && batchStats.successfulRequestCount === '1';
  });
  t.deepEqual(await stateOf(other, ids), running as never);
  child.kill('SIGKILL');
  await child;
  t.deepEqual(await stateOf(other, ids), running as never, 'it may be slow');
  late = 31_000;
  t.deepEqual(await stateOf(other, ids), {
    ...{openai: 'failed', anthropic: 'ended', gemini: JobState.JOB_STATE_FAILED},
  } as never);
  const reason = /replica that ran this batch has ended.*create the batch again/;
  const failed = await other.openai.batches.retrieve(ids.openai);
  t.like(failed.errors?.data?.[0], {code: 'batch_interrupted'});
  t.regex(failed.errors?.data?.[0]?.message ?? '', reason);
  const results = [];
  for await (const {custom_id: id, result} of await other.anthropic.messages.batches.results(ids.anthropic)) {
    t.is(result.type, 'errored');
    t.regex(JSON.stringify(result), reason);
    results.push(id);
  }
  t.deepEqual(results, ['One', 'slow', 'Two']);
  const {error} = await operationOf(other, ids);
  t.is(error.code, 14);
  t.regex(error.message, reason);
  // A replica that starts later says the same at once.
  const third = clientsOf(await replica(t, cassette, upstream.url));
  t.is((await third.openai.batches.retrieve(ids.openai)).status, 'failed');
});

test.serial('a batch that runs while the database restarts is completed', async t => {
  const {script, open} = gated();
  const clients = await replicas(t, script);
  const ids = await createBatches(clients, ['One', 'slow', 'Two']);
  await eventually('the first requests are answered', async () => {
    const {request_counts: counts} = await clients.openai.batches.retrieve(ids.openai);
    return counts?.completed === 1;
  });
  await server().stop('SIGQUIT');
  open();
  await server().start();
  const isBack = async () => {
    try {
      return (await stateOf(clients, ids)).openai === 'completed';
    } catch {
      // The connections that were lost are opened again.
      return false;
    }
  };
  await eventually('the batches are completed', isBack);
  await untilState(clients, ids, allDone);
  const hello = ['Hello', 'Hello', 'Hello'];
  t.deepEqual(await resultsOf(clients, ids), {completions: hello, messages: hello, contents: hello});
});

if (!hasPostgres) test('shared batches', t => t.pass());
