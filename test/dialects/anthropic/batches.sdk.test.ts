import Anthropic from '@anthropic-ai/sdk';
import test from 'ava';
import {RetakeError} from '../../../src/errors.js';
import {buildProxy} from '../../support/build-proxy.js';
import {eventually} from '../../support/eventually.js';
import {ends, type ModelScript, says, scriptedModel} from '../../support/scripted-model.js';

const echo: ModelScript = request => {
  const text = JSON.stringify(request);
  if (text.includes('fail')) throw new RetakeError('upstream_rejected', 'No.');
  return [says(text.includes('One') ? 'First.' : 'Second.'), ends()];
};

const params = (content: string) => ({
  model: 'claude-opus-5',
  max_tokens: 100,
  messages: [{role: 'user' as const, content}],
});

async function asking(t: Parameters<typeof buildProxy>[0]) {
  const {upstream, asked} = scriptedModel(echo);
  const {url} = await buildProxy(t, {upstream});
  const client = new Anthropic({baseURL: url, apiKey: 'k', maxRetries: 0});
  const ended = (id: string) =>
    eventually(
      'the batch has ended',
      async () => (await client.messages.batches.retrieve(id)).processing_status === 'ended',
    );
  return {client, asked, ended, batches: client.messages.batches};
}

test('a batch runs its requests, and its results come in order', async t => {
  const {client, asked, ended, batches} = await asking(t);
  const requests = ['One', 'fail', 'Two'].map(content => ({custom_id: content, params: params(content)}));
  const created = await batches.create({requests});
  t.like(created, {type: 'message_batch', request_counts: {canceled: 0, expired: 0}});
  await ended(created.id);
  const batch = await batches.retrieve(created.id);
  t.like(batch, {request_counts: {processing: 0, succeeded: 2, errored: 1}});
  const results = [];
  for await (const {custom_id: id, result} of await batches.results(created.id)) {
    results.push([id, result.type === 'succeeded' ? result.message.content[0] : result.type]);
  }
  t.deepEqual(results, [
    ['One', {type: 'text', text: 'First.'}],
    ['fail', 'errored'],
    ['Two', {type: 'text', text: 'Second.'}],
  ]);
  t.like((await client.messages.create(params('Two'))).content, [{type: 'text', text: 'Second.'}]);
  t.is(asked.length, 3);
});

test('batches are listed newest first, and deleted once they have ended', async t => {
  const {ended, batches} = await asking(t);
  const ids: string[] = [];
  for (const content of ['One', 'Two', 'Three']) {
    const {id} = await batches.create({requests: [{custom_id: 'a', params: params(content)}]});
    ids.unshift(id);
  }
  for (const id of ids) await ended(id);
  const listed: string[] = [];
  for await (const {id} of batches.list({limit: 2})) listed.push(id);
  t.deepEqual(listed, ids);
  const [newest = ''] = ids;
  t.deepEqual(await batches.delete(newest), {id: newest, type: 'message_batch_deleted'});
  await t.throwsAsync(batches.retrieve(newest), {instanceOf: Anthropic.NotFoundError});
  await t.throwsAsync(batches.cancel(ids[1] ?? ''), {instanceOf: Anthropic.BadRequestError});
});

test('a batch whose requests are wrong is refused', async t => {
  const {batches} = await asking(t);
  const one = {custom_id: 'a', params: params('One')};
  for (const [requests, message] of [
    [[], /requests: at least one item is required/],
    [[one, one], /requests.1.custom_id: 'a' is not unique/],
    [[{...one, custom_id: 'a b'}], /requests.0.custom_id: String should match/],
  ] as const) {
    await t.throwsAsync(batches.create({requests: [...requests]}), {
      instanceOf: Anthropic.BadRequestError,
      message,
    });
  }
});
