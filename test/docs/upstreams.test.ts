import {readFileSync} from 'node:fs';
import test from 'ava';
import {buildProxy} from '../support/build-proxy.js';
import {echoing, scriptedUpstream} from '../support/scripted-upstream.js';

const page = readFileSync('docs/upstreams.md', 'utf8');
const recipes = [...page.matchAll(/^\| ([^|]+) \| `(https?:[^`]+)` \| (?:`([^`]+)`)? ?\|$/gm)];

test('every server that the page promises has a recipe', t => {
  const servers = recipes.map(([, server]) => server).join('\n');
  for (const name of ['Azure', 'Google', 'Anthropic', 'OpenRouter', 'vLLM', 'Ollama', 'LM Studio'])
    t.true(servers.includes(name), name);
});

for (const [, server, url = '', authorization] of recipes) {
  test(`${server} is recorded and replayed as the page says, against a stand-in`, async t => {
    const upstream = await scriptedUpstream(t, echoing(), {props: null, models: ['a', 'b']});
    const recipe = new URL(url.replace('NAME', 'name'));
    const standIn = new URL(recipe.pathname + recipe.search, upstream.url);
    const {post} = await buildProxy(t, {upstream: {url: standIn.href, authorization}});
    const body = {model: 'a', messages: [{role: 'user', content: 'Hi'}]};
    for (const outcome of ['recorded', 'hit']) {
      const response = await post('/v1/chat/completions', body);
      t.is(response.headers.get('x-retake'), outcome);
      t.like(await response.json(), {choices: [{message: {content: 'You said: Hi'}}]});
    }
    const [request] = upstream.requests;
    const base = recipe.pathname === '/' ? '/v1' : recipe.pathname;
    t.is(request?.path, `${base}/chat/completions${recipe.search}`);
    t.is(request?.body.model, 'a');
    const [name = '', value] = (authorization ?? '').split(': ');
    if (authorization !== undefined) t.is(request?.headers[name.toLowerCase()], value);
  });
}

for (const refusal of ['x-api-key header is required', 'Invalid bearer token']) {
  test(`a server that lists its models for another header only is recorded: ${refusal}`, async t => {
    const {url} = await scriptedUpstream(t, echoing(), {props: null, models: {refusal}});
    const {post} = await buildProxy(t, {upstream: {url, authorization: 'Authorization: Bearer KEY'}});
    const body = {model: 'a', messages: [{role: 'user', content: 'Hi'}]};
    const response = await post('/v1/chat/completions', body);
    t.is(response.headers.get('x-retake'), 'recorded');
    t.like(await response.json(), {choices: [{message: {content: 'You said: Hi'}}]});
  });
}

test('a server that does not accept the key says so at its list of models', async t => {
  const models = {refusal: 'Incorrect API key provided'};
  const {url, requests} = await scriptedUpstream(t, echoing(), {props: null, models});
  const {post} = await buildProxy(t, {upstream: {url, authorization: 'Authorization: Bearer KEY'}});
  const body = {model: 'a', messages: [{role: 'user', content: 'Hi'}]};
  const response = await post('/v1/chat/completions', body);
  t.is(response.status, 502);
  t.regex(await response.text(), /does not accept retake's credential.*Incorrect API key provided/);
  t.is(requests.length, 0);
});
