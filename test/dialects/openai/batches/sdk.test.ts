import test from 'ava';
import {BadRequestError, ConflictError, NotFoundError} from 'openai';
import type {Batch} from 'openai/resources/batches';
import {RetakeError} from '../../../../src/errors.js';
import {openaiClient} from '../../../sdk/javascript/clients.js';
import {buildProxy, temporaryFolder} from '../../../support/build-proxy.js';
import {eventually} from '../../../support/eventually.js';
import {ends, type ModelScript, says, scriptedModel} from '../../../support/scripted-model.js';

async function asking(t: Parameters<typeof buildProxy>[0], script: ModelScript) {
  const {upstream, asked} = scriptedModel(script);
  const proxy = await buildProxy(t, {upstream});
  return {...proxy, asked, client: openaiClient(proxy.url)};
}

type Client = ReturnType<typeof openaiClient>;

async function createBatch(client: Client, lines: readonly unknown[], endpoint = '/v1/chat/completions') {
  const text = lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const file = await client.files.create({file: new File([text], 'in.jsonl'), purpose: 'batch'});
  return client.batches.create({
    input_file_id: file.id,
    endpoint: endpoint as '/v1/chat/completions',
    completion_window: '24h',
    metadata: {run: '1'},
  });
}

async function ended(client: Client, id: string): Promise<Batch> {
  let batch = await client.batches.retrieve(id);
  await eventually('the batch has ended', async () => {
    batch = await client.batches.retrieve(id);
    return ['completed', 'failed', 'cancelled'].includes(batch.status);
  });
  return batch;
}

const line = (id: string, content: string) => ({
  custom_id: id,
  method: 'POST',
  url: '/v1/chat/completions',
  body: {model: 'gpt-5.1', messages: [{role: 'user', content}]},
});

const echo: ModelScript = request => {
  const text = JSON.stringify(request);
  if (text.includes('fail')) throw new RetakeError('upstream_rejected', 'No.');
  return [says(text.includes('One') ? 'First.' : 'Second.'), ends()];
};

async function linesOf(client: Client, file: string | undefined) {
  const text = await (await client.files.content(file ?? '')).text();
  return text
    .trim()
    .split('\n')
    .map(each => JSON.parse(each));
}

test('a batch runs its requests, and its files have their answers in order', async t => {
  const {client, asked} = await asking(t, echo);
  const created = await createBatch(client, [line('a', 'One'), line('b', 'fail'), line('c', 'Two')]);
  t.like(created, {object: 'batch', endpoint: '/v1/chat/completions', metadata: {run: '1'}});
  const batch = await ended(client, created.id);
  t.like(batch, {status: 'completed', request_counts: {total: 3, completed: 2, failed: 1}});
  const answers = await linesOf(client, batch.output_file_id);
  t.deepEqual(
    answers.map(({custom_id: id, response}) => [
      id,
      response.status_code,
      response.body.choices[0].message.content,
    ]),
    [
      ['a', 200, 'First.'],
      ['c', 200, 'Second.'],
    ],
  );
  const [failure] = await linesOf(client, batch.error_file_id);
  t.like(failure, {custom_id: 'b', response: {status_code: 400}, error: null});
  // The same requests replay, from a batch or alone.
  const again = await ended(client, (await createBatch(client, [line('x', 'One')])).id);
  t.is(again.status, 'completed');
  const alone = await client.chat.completions.create({
    model: 'gpt-5.1',
    messages: [{role: 'user', content: 'Two'}],
  });
  t.is(alone.choices[0]?.message.content, 'Second.');
  t.is(asked.length, 3);
  const listed = [];
  for await (const {id} of client.batches.list({limit: 1})) listed.push(id);
  t.deepEqual(listed, [again.id, batch.id]);
});

test('the requests of a batch have the cassette of its path', async t => {
  const {upstream} = scriptedModel(echo);
  const {url, proxy} = await buildProxy(t, {upstream, cassette: await temporaryFolder(t)});
  const client = openaiClient(`${url}/@other`);
  const batch = await ended(client, (await createBatch(client, [line('a', 'One')])).id);
  t.is(batch.status, 'completed');
  t.is((await proxy.verdict()).recorded, 1);
});

test('an input file with errors fails with their lines', async t => {
  const {client, asked} = await asking(t, echo);
  const {body, ...withoutBody} = line('d', 'One');
  t.truthy(body);
  const lines = [
    '{',
    line('a', 'One'),
    line('a', 'Two'),
    {...line('b', 'x'), url: '/v1/embeddings'},
    withoutBody,
  ];
  const batch = await ended(client, (await createBatch(client, lines)).id);
  t.is(batch.status, 'failed');
  t.deepEqual(
    batch.errors?.data?.map(({code, line: number}) => [code, number]),
    [
      ['invalid_json_line', 1],
      ['duplicate_custom_id', 3],
      ['mismatched_endpoint', 4],
      ['missing_required_parameter', 5],
    ],
  );
  t.is(asked.length, 0);
});

test('a batch that has ended cannot be cancelled, and moderations are not served', async t => {
  const {client} = await asking(t, echo);
  const {id} = await createBatch(client, [line('a', 'One')]);
  await ended(client, id);
  await t.throwsAsync(client.batches.cancel(id), {instanceOf: ConflictError});
  await t.throwsAsync(client.batches.retrieve('batch_x'), {instanceOf: NotFoundError});
  await t.throwsAsync(createBatch(client, [line('a', 'One')], '/v1/moderations'), {
    instanceOf: BadRequestError,
  });
});

test('a cancelled batch sends no further requests', async t => {
  const {upstream, asked} = scriptedModel(echo);
  let goOn: () => void = () => {};
  const gate = new Promise<void>(resolve => {
    goOn = resolve;
  });
  const {url} = await buildProxy(t, {
    upstream: {
      ...upstream,
      async *model(request, context) {
        await gate;
        yield* upstream.model(request, context);
      },
    },
  });
  const client = openaiClient(url);
  const {id} = await createBatch(client, [line('a', 'One'), line('b', 'Two')]);
  await eventually(
    'the batch runs',
    async () => (await client.batches.retrieve(id)).status === 'in_progress',
  );
  t.is((await client.batches.cancel(id)).status, 'cancelling');
  goOn();
  const batch = await ended(client, id);
  t.like(batch, {status: 'cancelled', request_counts: {total: 2, completed: 1, failed: 1}});
  t.is(asked.length, 1);
  const [cancelled] = await linesOf(client, batch.error_file_id);
  t.like(cancelled, {custom_id: 'b', response: null, error: {code: 'batch_cancelled'}});
});
