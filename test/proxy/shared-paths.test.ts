import test from 'ava';
import {buildProxy} from '../support/build-proxy.js';

type Headers = Readonly<Record<string, string>>;

/** The headers that SDKs send, as recorded. */
const clients: Readonly<
  Record<string, {readonly api: Api; readonly headers: Headers; readonly query?: string}>
> = {
  '@google/genai 3': {
    api: 'gemini',
    headers: {
      'user-agent': 'google-genai-sdk/3.1.0 gl-node/v20.20.2',
      'x-goog-api-client': 'google-genai-sdk/3.1.0 gl-node/v20.20.2',
      'x-goog-api-key': 'placeholder',
      'content-type': 'application/json',
    },
  },
  'google-genai for Python': {
    api: 'gemini',
    headers: {
      'x-goog-api-client': 'google-genai-sdk/3.6.1 gl-python/3.11.2',
      'x-goog-api-key': 'placeholder',
      'user-agent': 'google-genai-sdk/3.6.1 gl-python/3.11.2',
    },
  },
  'a key in the query': {api: 'gemini', headers: {}, query: '?key=placeholder'},
  openai: {
    api: 'openai',
    headers: {
      authorization: 'Bearer placeholder',
      'user-agent': 'OpenAI/JS 7.57.0',
      'x-stainless-lang': 'js',
      accept: 'application/json',
    },
  },
  curl: {api: 'openai', headers: {accept: '*/*', 'user-agent': 'curl/7.88.1'}},
  '@anthropic-ai/sdk 0.x': {
    api: 'anthropic',
    headers: {'x-api-key': 'placeholder', 'anthropic-version': '2023-06-01', 'x-stainless-lang': 'js'},
  },
  '@anthropic-ai/sdk 1.x': {
    api: 'anthropic',
    headers: {authorization: 'Bearer placeholder', 'anthropic-version': '2026-10-21'},
  },
};

type Api = 'gemini' | 'openai' | 'anthropic';

/** Identifies the API by its format of a model list. */
function apiOf(list: object): Api {
  if ('models' in list) return 'gemini';
  return 'has_more' in list && 'first_id' in list ? 'anthropic' : 'openai';
}

for (const [name, {api, headers, query = ''}] of Object.entries(clients)) {
  test(`/v1/models is answered as ${api} for ${name}`, async t => {
    const {url} = await buildProxy(t, {mode: 'replay'});
    for (const prefix of ['', '/@test']) {
      const response = await fetch(`${url}${prefix}/v1/models${query}`, {headers});
      t.is(response.status, 200);
      t.is(apiOf((await response.json()) as object), api);
    }
    const model = await fetch(`${url}/v1/models/any-name${query}`, {headers});
    t.is(model.status, 200);
    const told = (await model.json()) as object;
    t.is('name' in told, api === 'gemini');
  });

  test(`/v1/files is answered as ${api} for ${name}`, async t => {
    const {url} = await buildProxy(t, {mode: 'replay'});
    const list = await fetch(`${url}/v1/files${query}`, {headers});
    const body = await list.text();
    if (api === 'gemini') t.deepEqual(JSON.parse(body), {files: []});
    else if (api === 'openai') t.like(JSON.parse(body), {object: 'list', data: []});
    else t.like(JSON.parse(body), {data: [], has_more: false});
    const file = await fetch(`${url}/v1/files/abc${query}`, {headers});
    t.is(file.status, api === 'gemini' ? 403 : 404);
  });
}
