import test from 'ava';
import {buildProxy} from '../support/build-proxy.js';
import {ends, says, scriptedModel} from '../support/scripted-model.js';

const proxied = async (t: Parameters<typeof buildProxy>[0]) => {
  const {upstream, asked} = scriptedModel(() => [says('Hi.'), ends()]);
  return {...(await buildProxy(t, {upstream})), asked};
};

test('Claude Code learns that the server is there, and its telemetry is taken', async t => {
  const {url, post, asked} = await proxied(t);
  t.is((await fetch(url, {method: 'HEAD'})).status, 200);
  for (const method of ['HEAD', 'GET']) {
    const hello = await fetch(`${url}/api/hello`, {method});
    t.is(hello.status, 200);
    t.is(await hello.text(), method === 'GET' ? '{"message":"hello"}' : '');
  }
  for (const path of ['/api/event_logging/batch', '/api/event_logging/v2/batch']) {
    const response = await post(path, {events: [{event_type: 'ClaudeCodeInternalEvent', event_data: {}}]});
    t.is(response.status, 200);
    t.like(JSON.parse(await response.text()), {accepted_count: 0});
  }
  t.is(asked.length, 0);
});

test('what a path tells wins over a header', async t => {
  const {post} = await proxied(t);
  const messages = [{role: 'user', content: 'hi'}];
  const answers: readonly (readonly [string, string, object])[] = [
    ['/v1/chat/completions', 'chat.completion', {model: 'm', messages}],
    ['/v1/responses', 'response', {model: 'm', input: 'hi'}],
  ];
  for (const [path, object, question] of answers) {
    const response = await post(path, question, {'anthropic-version': '2023-06-01', 'x-api-key': 'k'});
    t.is(JSON.parse(await response.text()).object, object);
  }
  const headers = {authorization: 'Bearer k', 'x-goog-api-key': 'k'};
  const message = await post('/v1/messages', {model: 'm', max_tokens: 16, messages}, headers);
  t.is(JSON.parse(await message.text()).type, 'message');
});
