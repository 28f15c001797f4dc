import test from 'ava';
import {NotFoundError, PermissionDeniedError} from 'openai';
import {openaiClient} from '../../sdk/javascript/clients.js';
import {buildProxy} from '../../support/build-proxy.js';
import {ends, scriptedModel} from '../../support/scripted-model.js';

test('the list of models names the local model', async t => {
  const {upstream} = scriptedModel(() => [ends()]);
  const {url} = await buildProxy(t, {upstream, now: () => 1_760_000_000_000});
  const {data, response} = await openaiClient(url).models.list().withResponse();
  t.deepEqual(data.data, [
    {id: 'scripted-model', object: 'model', created: 1_760_000_000, owned_by: 'retake'},
  ]);
  t.regex(response.headers.get('x-request-id') ?? '', /^req_[0-9a-f]{24}$/);
});

test('every name is accepted as a model, even with a slash', async t => {
  const {url} = await buildProxy(t);
  const {models} = openaiClient(url);
  t.is((await models.retrieve('gpt-4o')).id, 'gpt-4o');
  t.is((await models.retrieve('org/my model')).id, 'org/my model');
  const response = await fetch(`${url}/v1/models/org/model`);
  t.like(await response.json(), {id: 'org/model', object: 'model'});
});

test('models cannot be deleted', async t => {
  const {url} = await buildProxy(t);
  const error = await t.throwsAsync(openaiClient(url).models.delete('ft:gpt-4o'), {
    instanceOf: PermissionDeniedError,
  });
  t.like(error, {status: 403, type: 'permission_error', param: 'model'});
});

test('Gemini’s OpenAI-compatible address lists models in OpenAI’s form', async t => {
  const {url} = await buildProxy(t);
  const response = await fetch(`${url}/v1beta/openai/models`);
  t.like(await response.json(), {object: 'list', data: [{object: 'model'}]});
});

const isUnknown = test.macro({
  async exec(t, method: 'get' | 'post', path: string) {
    const {url} = await buildProxy(t);
    const error = await t.throwsAsync(openaiClient(url)[method](path, method === 'post' ? {body: {}} : {}), {
      instanceOf: NotFoundError,
    });
    t.like(error, {code: 'unknown_url', type: 'invalid_request_error'});
    t.regex(error?.message ?? '', /retake does not serve the endpoint/);
  },
  title: (_, method, path) => `${method} ${path} is reported as not served`,
});

test(isUnknown, 'post', '/audio/speech');
test(isUnknown, 'post', '/audio/transcriptions');
test(isUnknown, 'post', '/images/generations');
test(isUnknown, 'post', '/fine_tuning/jobs');
test(isUnknown, 'post', '/assistants');
test(isUnknown, 'post', '/threads');
test(isUnknown, 'post', '/realtime/client_secrets');
test(isUnknown, 'post', '/moderations');
test(isUnknown, 'post', '/vector_stores');
test(isUnknown, 'get', '/vector_stores/vs_1/files');
test(isUnknown, 'post', '/uploads');
test(isUnknown, 'get', '/evals');
test(isUnknown, 'get', '/organization/usage/completions');
