import test from 'ava';
import {buildProxy} from '../support/build-proxy.js';
import {providerServer, sendJson} from '../support/provider-server.js';

const messages = [{role: 'user', content: 'Who are you?'}];

for (const status of [200, 400])
  test(`the model’s name is part of every key, although the first question is a raw one with the status ${status}`, async t => {
    const provider = await providerServer(t, ({url, body}, response) => {
      if (url.endsWith('/moderations')) return sendJson(response, {error: {message: 'No'}}, status);
      const {model} = JSON.parse(String(body));
      return sendJson(response, {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1,
        model,
        choices: [{index: 0, message: {role: 'assistant', content: `I am ${model}.`}, finish_reason: 'stop'}],
      });
    });
    const upstream = {provider: true, openai: `${provider.url}/v1`} as const;
    const {post, proxy, cassette} = await buildProxy(t, {mode: 'record', upstream});
    t.is((await post('/v1/moderations', {input: 'x'})).status, status);
    for (const model of ['gpt-5', 'gpt-5-mini'])
      t.is((await post('/v1/chat/completions', {model, messages})).headers.get('x-retake'), 'recorded');
    await proxy.close();

    const replay = await buildProxy(t, {mode: 'replay', cassette});
    for (const model of ['gpt-5-mini', 'gpt-5']) {
      const response = await replay.post('/v1/chat/completions', {model, messages});
      t.is(response.headers.get('x-retake'), 'hit', await response.clone().text());
      t.like(await response.json(), {choices: [{message: {content: `I am ${model}.`}}]});
    }
  });
