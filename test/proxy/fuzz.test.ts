import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {Pool} from 'undici';
import {buildProxy} from '../support/build-proxy.js';
import {answering} from '../support/scripted-upstream.js';
import {type ArbitraryRequest, anyBytes, anyJson, mutatedBytes, mutatedFields} from './arbitrary-bodies.js';
import {liveProxy} from './live-proxy.js';

const batch = 100;

/** Sends this many requests, a hundred at a time; each must get an answer in the format of its API. */
const answers = test.macro({
  title: (_name, kind: string, _arbitrary, count: number) => `${count} requests: ${kind}`,
  async exec(t, _kind: string, arbitrary: fc.Arbitrary<ArbitraryRequest>, count: number) {
    t.timeout(300_000);
    const {pool} = await emptyReplay(t);
    const statuses = new Set<number>();
    const firstSeed = Math.floor(Math.random() * 2 ** 31);
    for (let seed = firstSeed; seed < firstSeed + count / batch; seed++) {
      const requests = fc.sample(arbitrary, {numRuns: batch, seed});
      for (const {request, status, fault} of await Promise.all(
        requests.map(request => send(pool, request)),
      )) {
        statuses.add(status);
        if (fault) t.fail(`${fault}\nPOST ${request.path}\n${Buffer.from(request.body)}\nseed ${seed}`);
      }
    }
    t.true(statuses.has(400));
    t.deepEqual(
      [...statuses].filter(status => status !== 400 && status !== 404),
      [],
    );
  },
});

test.serial(answers, 'as SDKs send them, with one to three invalid fields', mutatedFields, 20_000);
test.serial(answers, 'JSON of any kind', anyJson, 10_000);
test.serial(answers, 'bytes of any kind', anyBytes, 5000);
test.serial(answers, 'as SDKs send them, with one to four changed bytes', mutatedBytes, 10_000);

test.serial('3000 requests with a live model: valid requests are answered', async t => {
  t.timeout(300_000);
  const {url} = await liveProxy(t, {mode: 'passthrough', script: answering(['fine'])});
  const pool = poolOf(t, url);
  const seed = Math.floor(Math.random() * 2 ** 31);
  const requests = fc.sample(mutatedFields, {numRuns: 3000, seed});
  const statuses = new Set<number>();
  for (let start = 0; start < requests.length; start += batch) {
    const sent = requests.slice(start, start + batch).map(async ({path, body}) => {
      const {statusCode, body: answer} = await pool.request({method: 'POST', path, body});
      statuses.add(statusCode);
      const text = await answer.text();
      if (statusCode >= 500)
        t.fail(`${statusCode} ${text}\nPOST ${path}\n${Buffer.from(body)}\nseed ${seed}`);
    });
    await Promise.all(sent);
  }
  t.deepEqual([...statuses].sort(), [200, 400]);
});

const segment = fc.oneof(
  fc.constantFrom(
    'v1',
    'v1beta',
    'v1beta1',
    'openai',
    'models',
    'chat',
    'completions',
    '@x',
    '@',
    '',
    '.',
    '..',
    'messages',
    'upload',
  ),
  fc.constantFrom(
    'x:generateContent',
    ':generateContent',
    'x:streamGenerateContent',
    'x:countTokens',
    '%',
    '%2F',
    '%00',
    '%E0%A4%A',
  ),
  fc.string({unit: 'binary', maxLength: 4}).map(text => encodeURIComponent(text.toWellFormed())),
);
const header = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'text/plain',
      ';',
      'multipart/form-data; boundary=x',
      '',
    ),
    'content-encoding': fc.constantFrom('gzip', '', 'identity'),
    'x-retake-mode': fc.constantFrom('replay', 'auto', '', '__proto__', 'toString'),
    'x-retake-session': fc.constantFrom('', 'x', '\u00ff'.repeat(50)),
    'x-retake-cassette': fc.constantFrom('', 'empty', '..', '__proto__'),
    'x-goog-api-key': fc.constantFrom('', 'k'),
    'anthropic-version': fc.constantFrom('', '2023-06-01'),
    origin: fc.constantFrom('', 'null', 'http://localhost'),
  },
  {requiredKeys: []},
);

test.serial('5000 requests of any method, path and headers', async t => {
  t.timeout(300_000);
  const {pool} = await emptyReplay(t);
  const methods = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND');
  const paths = fc.array(segment, {maxLength: 6}).map(segments => `/${segments.join('/')}`);
  await fc.assert(
    fc.asyncProperty(
      methods,
      paths,
      header,
      fc.uint8Array({maxLength: 10}),
      async (method, path, headers, body) => {
        const response = await pool.request({method, path, headers, body: method === 'GET' ? null : body});
        const text = await response.body.text();
        const {statusCode} = response;
        // Lists of models and of stored objects are answered without a model.
        if (statusCode === 200 && method === 'GET') return;
        if (statusCode < 400 || statusCode === 500) throw new Error(`${statusCode} ${text}`);
        if (typeof JSON.parse(text).error?.message !== 'string') throw new Error(text);
      },
    ),
    {numRuns: 5000},
  );
  t.pass();
});

/** A strict replay of an empty cassette: a valid request is a miss, and any other a 400. */
async function emptyReplay(t: ExecutionContext): Promise<{pool: Pool}> {
  const {url} = await buildProxy(t, {mode: 'replay'});
  return {pool: poolOf(t, url)};
}

/** Connections on which a request that hangs fails. */
function poolOf(t: ExecutionContext, url: string): Pool {
  const pool = new Pool(url, {connections: 8, headersTimeout: 60_000, bodyTimeout: 60_000});
  t.teardown(() => pool.destroy());
  return pool;
}

type Sent = {readonly request: ArbitraryRequest; readonly status: number; readonly fault: string | undefined};

async function send(pool: Pool, request: ArbitraryRequest): Promise<Sent> {
  const {path, body} = request;
  const headers = {'content-type': 'application/json'};
  const {
    statusCode: status,
    headers: told,
    body: answer,
  } = await pool.request({method: 'POST', path, body, headers});
  return {request, status, fault: faultOf(status, await answer.text(), path, told['x-retake'])};
}

function faultOf(status: number, text: string, path: string, outcome: unknown): string | undefined {
  if (status >= 500) return `${status} ${text}`;
  const {type, error} = JSON.parse(text);
  if (typeof error?.message !== 'string' || error.message === '') return `no message: ${text}`;
  if (outcome !== undefined && !(status === 400 && outcome === 'miss')) return `${status} and ${outcome}`;
  if (path.includes('messages')) return type === 'error' ? undefined : `not Anthropic's: ${text}`;
  const isGemini = /:\w+(\?|$)|upload/.test(path);
  if (isGemini)
    return error.code === status && /^[A-Z_]+$/.test(error.status) ? undefined : `not Gemini's: ${text}`;
  return 'param' in error && /_error$/.test(error.type) ? undefined : `not OpenAI's: ${text}`;
}
