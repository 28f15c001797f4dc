import {type BatchJob, JobState} from '@google/genai';
import test from 'ava';
import {RetakeError} from '../../../src/errors.js';
import {geminiClient} from '../../sdk/javascript/clients.js';
import {buildProxy} from '../../support/build-proxy.js';
import {eventually} from '../../support/eventually.js';
import {ends, type ModelScript, says, scriptedModel} from '../../support/scripted-model.js';
import {replying, scriptedUpstream} from '../../support/scripted-upstream.js';

const model = 'gemini-2.5-flash';
const echo: ModelScript = request => {
  const text = JSON.stringify(request);
  if (text.includes('fail')) throw new RetakeError('upstream_rejected', 'No.');
  return [says(text.includes('One') ? 'First.' : 'Second.'), ends()];
};

async function asking(t: Parameters<typeof buildProxy>[0]) {
  const {upstream, asked} = scriptedModel(echo);
  const {url, post} = await buildProxy(t, {upstream});
  const ai = geminiClient(url);
  const ended = async ({name = ''}: BatchJob): Promise<BatchJob> => {
    await eventually('the batch has ended', async () => (await ai.batches.get({name})).endTime !== undefined);
    return ai.batches.get({name});
  };
  return {ai, asked, ended, post, url};
}

test('a batch of inline requests runs, and its results come in order', async t => {
  const {ai, asked, ended} = await asking(t);
  const src = ['One', 'fail', 'Two'].map(text => ({contents: text, metadata: {id: text}}));
  const created = await ai.batches.create({model, src, config: {displayName: 'three'}});
  t.regex(created.name ?? '', /^batches\/[0-9a-f]{24}$/);
  const job = await ended(created);
  t.like(job, {displayName: 'three', state: JobState.JOB_STATE_SUCCEEDED, model: `models/${model}`});
  const results = job.dest?.inlinedResponses ?? [];
  t.deepEqual(
    results.map(({metadata, response, error}) => [
      metadata?.['id'],
      response?.candidates?.[0]?.content?.parts?.[0]?.text ?? typeof error?.code,
    ]),
    [
      ['One', 'First.'],
      ['fail', 'number'],
      ['Two', 'Second.'],
    ],
  );
  // A single request replays what the batch recorded.
  t.is((await ai.models.generateContent({model, contents: 'Two'})).text, 'Second.');
  t.is(asked.length, 3);
});

test('a batch from a file writes its results to a file, with the keys of its lines', async t => {
  const {ai, ended, url} = await asking(t);
  const line = (key: string) =>
    JSON.stringify({key, request: {contents: [{role: 'user', parts: [{text: key}]}]}});
  const file = await ai.files.upload({
    file: new Blob([`${line('One')}\n\n${line('Two')}\n`]),
    config: {mimeType: 'application/jsonl'},
  });
  const job = await ended(await ai.batches.create({model, src: file.name ?? ''}));
  t.is(job.state, JobState.JOB_STATE_SUCCEEDED);
  const name = job.dest?.fileName ?? '';
  const response = await fetch(`${url}/v1beta/${name}:download?alt=media`);
  const lines = (await response.text()).trim().split('\n');
  t.deepEqual(
    lines
      .map(text => JSON.parse(text))
      .map(({key, response: answer}) => [key, answer.candidates[0].content.parts[0].text]),
    [
      ['One', 'First.'],
      ['Two', 'Second.'],
    ],
  );
});

test('a batch of embeddings has an embedding for each text', async t => {
  const embedding = [0.6, 0.8];
  const upstream = await scriptedUpstream(t, undefined, {
    routes: {
      '/embeddings': replying(({input}) => ({
        data: [input].flat().map((_, index) => ({index, embedding})),
        usage: {prompt_tokens: 3, total_tokens: 3},
      })),
    },
  });
  const {url} = await buildProxy(t, {upstream: {url: upstream.url}});
  const ai = geminiClient(url);
  const src = {inlinedRequests: {contents: ['One', 'Two']}};
  const {name = ''} = await ai.batches.createEmbeddings({model: 'gemini-embedding-001', src});
  await eventually(
    'the batch has ended',
    async () => (await ai.batches.get({name})).state === JobState.JOB_STATE_SUCCEEDED,
  );
  const {dest} = await ai.batches.get({name});
  t.deepEqual(
    dest?.inlinedEmbedContentResponses?.map(({response}) => response?.embedding?.values),
    [embedding, embedding],
  );
});

test('batches are listed by page, cancelled and deleted', async t => {
  const {ai, ended} = await asking(t);
  const names: string[] = [];
  for (const text of ['One', 'Two', 'Three']) {
    const job = await ended(await ai.batches.create({model, src: [{contents: text}]}));
    names.push(job.name ?? '');
  }
  const listed: string[] = [];
  for await (const {name = ''} of await ai.batches.list({config: {pageSize: 2}})) listed.push(name);
  t.deepEqual(listed, names);
  const [name = '', second = ''] = names;
  await ai.batches.delete({name});
  await t.throwsAsync(ai.batches.get({name}), {message: /Requested entity was not found/});
  await t.throwsAsync(ai.batches.cancel({name: second}), {message: /has ended and cannot be cancelled/});
});

test('a cancelled batch sends no more requests', async t => {
  const {ai, asked} = await asking(t);
  const first = await ai.batches.create({
    model,
    src: Array.from({length: 50}, (_, index) => ({contents: `${index}`})),
  });
  const {name = ''} = await ai.batches.create({model, src: [{contents: 'never'}]});
  await ai.batches.cancel({name});
  await ai.batches.cancel({name: first.name ?? ''}).catch(() => undefined);
  const job = await ai.batches.get({name});
  t.is(job.state, JobState.JOB_STATE_CANCELLED);
  await ai.models.generateContent({model, contents: 'last'});
  t.false(JSON.stringify(asked).includes('never'));
});

test('a batch that has no requests, or another model, is refused', async t => {
  const {post} = await asking(t);
  const path = `/v1beta/models/${model}:batchGenerateContent`;
  const messageOf = async (body: unknown, at = path) => {
    const response = await post(at, body);
    const {error} = JSON.parse(await response.text());
    return [response.status, error.message.split('\n')[0]];
  };
  t.deepEqual(await messageOf({batch: {}}), [
    400,
    '* BatchGenerateContentRequest.batch.input_config: requests or file_name must be set.',
  ]);
  t.deepEqual(await messageOf({batch: {inputConfig: {requests: {requests: [{metadata: {a: 1}}]}}}}), [
    400,
    '* BatchGenerateContentRequest.batch.input_config.requests.requests[0].request: must be set.',
  ]);
  t.deepEqual(await messageOf({batch: {inputConfig: {fileName: 'files/none'}}}), [
    403,
    'You do not have permission to access the File none or it may not exist.',
  ]);
  t.deepEqual(await messageOf('{batch: {input_config: {file_name: "files/none",},},}'), [
    403,
    'You do not have permission to access the File none or it may not exist.',
  ]);
  t.deepEqual(await messageOf({}, '/v1beta/models/openai/gpt-5:batchGenerateContent'), [
    400,
    '* BatchGenerateContentRequest.model: unexpected model name format',
  ]);
});
