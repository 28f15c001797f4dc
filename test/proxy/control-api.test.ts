import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import {GoogleGenAI} from '@google/genai';
import {Ajv2020} from 'ajv/dist/2020.js';
import test, {type ExecutionContext} from 'ava';
import OpenAI from 'openai';
import {controlRoutes} from '../../src/proxy/control/control-api.js';
import {openApiDocument} from '../../src/proxy/control/open-api.js';
import {type BuiltProxy, buildProxy, temporaryFolder} from '../support/build-proxy.js';
import {failing} from '../support/scripted-upstream.js';
import {counting, liveProxy} from './live-proxy.js';
import {openaiUnary} from './ways.js';

// biome-ignore lint/suspicious/noExplicitAny: answers are checked against their schemas
type Json = any;

type Control = (
  method: string,
  path: string,
  body?: unknown,
) => Promise<{readonly status: number; readonly json: Json}>;

/** Calls the control API; every answer is checked against the OpenAPI document. */
function controlOf(t: ExecutionContext, {url}: Pick<BuiltProxy, 'url'>): Control {
  return async (method, path, body) => {
    const response = await fetch(`${url}/_retake/v1${path}`, {
      method,
      ...(body === undefined ? {} : {body: JSON.stringify(body)}),
    });
    t.is(response.headers.get('content-type')?.split(';')[0], 'application/json');
    const json: Json = await response.json();
    checkAnswer(t, {method, path, status: response.status, json});
    return {status: response.status, json};
  };
}

const document: Json = JSON.parse(JSON.stringify(openApiDocument(controlRoutes)));
const ajv = new Ajv2020({strict: false});

function checkAnswer(
  t: ExecutionContext,
  {method, path, status, json}: {method: string; path: string; status: number; json: unknown},
): void {
  const [bare = ''] = path.split('?');
  const pattern = Object.keys(document.paths).find(known =>
    new RegExp(`^${known.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  );
  if (pattern === undefined) return;
  const operation = document.paths[pattern][method.toLowerCase()];
  if (!operation) return;
  const answer = operation.responses[status];
  t.truthy(answer, `${method} ${pattern} may answer ${status}: ${JSON.stringify(json)}`);
  const validate = ajv.compile(answer.content['application/json'].schema);
  t.true(validate(json), `${method} ${pattern}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(json)}`);
}

const openaiPath = (base: string) => `${base}${openaiUnary.path}`;

async function ask(base: string, text: string, headers: Record<string, string> = {}): Promise<Response> {
  const response = await fetch(openaiPath(base), {
    method: 'POST',
    headers: {'content-type': 'application/json', ...headers},
    body: JSON.stringify(openaiUnary.ask(text)),
  });
  await response.clone().text();
  return response;
}

/** A folder with the cassette `suite`, in which `one` and `two` are recorded. */
async function recordedFolder(t: ExecutionContext): Promise<string> {
  const folder = await temporaryFolder(t);
  const recorder = await liveProxy(t, {cassette: folder});
  for (const text of ['one', 'two']) await ask(`${recorder.url}/@suite`, text);
  await recorder.proxy.close();
  return folder;
}

test('a session has base URLs that the SDKs take as they are', async t => {
  const proxy = await liveProxy(t, {cassette: await temporaryFolder(t)});
  const control = controlOf(t, proxy);
  const {status, json: session} = await control('POST', '/sessions', {name: 'a test', cassette: 'suite'});
  t.is(status, 201);
  t.like(session, {name: 'a test', cassette: 'suite', mode: 'auto'});
  const {urls, id} = session;

  const openai = new OpenAI({baseURL: urls.openai, apiKey: 'none', maxRetries: 0});
  const messages = [{role: 'user', content: 'hi'}] as const;
  const chat = await openai.chat.completions.create({model: 'gpt-4o', messages: [...messages]});
  t.is(chat.choices[0]?.message.content, 'You said: hi');

  const anthropic = new Anthropic({baseURL: urls.anthropic, apiKey: 'none', maxRetries: 0});
  const message = await anthropic.messages.create({
    ...{model: 'claude-sonnet-4-5', max_tokens: 50, messages: [{role: 'user', content: 'hello'}]},
  });
  t.like(message.content[0], {type: 'text', text: 'You said: hello'});

  const gemini = new GoogleGenAI({apiKey: 'none', httpOptions: {baseUrl: urls.gemini}});
  const {text} = await gemini.models.generateContent({model: 'gemini-2.5-flash', contents: 'good day'});
  t.is(text, 'You said: good day');

  const {json: ended} = await control('DELETE', `/sessions/${id}`);
  t.like(ended, {id, name: 'a test', verdict: {recorded: 3, missed: 0}, failures: []});
  t.is(ended.verdict.used.length, 3);
  const {json: list} = await control('GET', '/cassettes');
  t.deepEqual(list, {cassettes: [{name: 'suite'}]});
});

test('the environment of a session makes unchanged SDKs use it', async t => {
  const control = controlOf(t, await buildProxy(t, {mode: 'replay', cassette: await recordedFolder(t)}));
  const {json} = await control('POST', '/sessions', {name: 'a', cassette: 'suite'});
  t.is(json.environment.OPENAI_BASE_URL, json.urls.openai);
  t.is(json.environment.ANTHROPIC_BASE_URL, json.urls.anthropic);
  t.is(json.environment.GOOGLE_GEMINI_BASE_URL, json.urls.gemini);
});

test('a session’s verdict has its misses with their explanations, and the takes it left unused', async t => {
  const proxy = await buildProxy(t, {mode: 'replay', cassette: await recordedFolder(t)});
  const control = controlOf(t, proxy);
  const {json: a} = await control('POST', '/sessions', {name: 'a', cassette: 'suite'});
  const {json: b} = await control('POST', '/sessions', {name: 'b', cassette: 'suite'});
  await ask(a.urls.anthropic, 'one');
  await ask(b.urls.anthropic, 'three');
  const {json: first} = await control('GET', `/sessions/${a.id}`);
  t.like(first.verdict, {played: 1, missed: 0, misses: []});
  t.deepEqual(
    first.verdict.unused.map(({question}: Json) => question),
    ['two'],
  );
  const {json: second} = await control('DELETE', `/sessions/${b.id}`);
  t.like(second.verdict, {played: 0, missed: 1});
  t.like(second.verdict.misses[0], {cassette: 'suite', question: 'three'});
  t.regex(second.verdict.misses[0].message, /No take of this request in cassette "suite"/);
  t.regex(second.verdict.misses[0].message, /Nearest recording/);
  t.is(second.verdict.unused.length, 2);
  const {json: all} = await control('GET', '/verdict');
  t.like(all, {played: 1, missed: 1});
  t.is(all.unused.length, 1);
});

test('a session that sends nothing leaves the whole cassette unused, and a request to no cassette is named', async t => {
  const proxy = await buildProxy(t, {mode: 'replay', cassette: await recordedFolder(t)});
  const control = controlOf(t, proxy);
  const {json: idle} = await control('POST', '/sessions', {name: 'idle', cassette: 'suite'});
  const {json: other} = await control('POST', '/sessions', {name: 'other', cassette: 'new'});
  t.is((await ask(other.urls.gemini, 'one')).status, 404);
  t.is((await control('DELETE', `/sessions/${idle.id}`)).json.verdict.unused.length, 2);
  const {json: ended} = await control('DELETE', `/sessions/${other.id}`);
  t.is(ended.verdict.missed, 1);
  t.like(ended.failures, [{code: 'no_cassette'}]);
  t.is((await control('GET', '/verdict')).json.unused.length, 2);
});

test('an ended session answers nothing more, not even what it was answered before', async t => {
  const proxy = await buildProxy(t, {mode: 'replay', cassette: await recordedFolder(t)});
  const control = controlOf(t, proxy);
  const {json: session} = await control('POST', '/sessions', {name: 'a', cassette: 'suite'});
  for (let asking = 0; asking < 3; asking++) t.is((await ask(session.urls.gemini, 'one')).status, 200);
  const {json: ended} = await control('DELETE', `/sessions/${session.id}`);
  t.is(ended.verdict.played, 3);
  t.like(ended.verdict.repeated, [{question: 'one', repeats: 2}]);
  const late = await ask(session.urls.gemini, 'one');
  t.is(late.status, 404);
  t.regex(await late.text(), /has ended/);
  t.is((await control('DELETE', `/sessions/${session.id}`)).status, 404);
  const {status, json} = await control('GET', `/sessions/${session.id}`);
  t.is(status, 404);
  t.regex(json.error.message, /has ended, or it belongs to another retake$/);
  const named = await control('GET', '/sessions/worker-1');
  t.is(named.status, 404);
  t.regex(named.json.error.message, /^There is no session "worker-1" of the control API/);
});

test('sessions are counted apart: each gets the takes from the first', async t => {
  const folder = await temporaryFolder(t);
  const recorder = await liveProxy(t, {cassette: folder, mode: 'record', script: counting});
  for (let asking = 0; asking < 2; asking++) await ask(`${recorder.url}/@suite;session=rec`, 'one');
  await recorder.proxy.close();
  const {url} = await buildProxy(t, {mode: 'replay', cassette: folder});
  for (const session of ['a', 'b']) {
    const base = `${url}/@suite;session=${session}`;
    t.regex(await (await ask(base, 'one')).text(), /answer 1/);
    t.regex(await (await ask(base, 'one')).text(), /answer 2/);
  }
});

test('a session has a mode of its own, within what the server allows', async t => {
  const proxy = await liveProxy(t, {cassette: await recordedFolder(t)});
  const control = controlOf(t, proxy);
  const {json: strict} = await control('POST', '/sessions', {name: 'a', cassette: 'suite', mode: 'replay'});
  t.is((await ask(strict.urls.gemini, 'three')).status, 400);
  t.is((await ask(strict.urls.gemini, 'three', {'x-retake-mode': 'auto'})).status, 200);

  const server = await buildProxy(t, {mode: 'replay', cassette: proxy.cassette});
  const refused = await controlOf(t, server)('POST', '/sessions', {name: 'a', mode: 'auto'});
  t.is(refused.status, 403);
  t.like(refused.json.error, {code: 'mode_not_allowed'});
});

test('while one test runs in a session, its requests are counted in that test', async t => {
  const proxy = await buildProxy(t, {mode: 'replay', cassette: await recordedFolder(t)});
  const control = controlOf(t, proxy);
  const {json: file} = await control('POST', '/sessions', {name: 'file', cassette: 'suite'});
  for (const text of ['one', 'one', 'three']) {
    const {json: inner} = await control('POST', '/sessions', {name: text, parent: file.id});
    t.is(inner.cassette, 'suite');
    await ask(file.urls.gemini, text);
    const {json: ended} = await control('DELETE', `/sessions/${inner.id}`);
    t.is(ended.verdict.played + ended.verdict.missed, 1, text);
    t.deepEqual(ended.verdict.repeated, []);
  }
  const inner = [];
  for (const name of ['x', 'y']) {
    inner.push((await control('POST', '/sessions', {name, parent: file.id})).json);
  }
  await ask(file.urls.gemini, 'two');
  for (const {id} of inner) t.is((await control('DELETE', `/sessions/${id}`)).json.verdict.played, 0);
  const {json: ended} = await control('DELETE', `/sessions/${file.id}`);
  t.like(ended.verdict, {played: 3, missed: 1});
  t.deepEqual(ended.verdict.unused, []);
});

test('a session without a cassette may have parts with different ones', async t => {
  const proxy = await buildProxy(t, {mode: 'replay', cassette: await recordedFolder(t)});
  const control = controlOf(t, proxy);
  const {json: whole} = await control('POST', '/sessions', {name: 'process'});
  for (const [cassette, status] of [
    ['suite', 200],
    ['absent', 404],
    ['suite', 200],
  ] as const) {
    const {json: part} = await control('POST', '/sessions', {name: 'test', cassette, parent: whole.id});
    t.is(part.cassette, cassette);
    t.is((await ask(whole.urls.gemini, 'one')).status, status, 'a request of the process counts in its test');
    const {json: ended} = await control('DELETE', `/sessions/${part.id}`);
    t.like(ended.verdict, status === 200 ? {played: 1, missed: 0} : {played: 0, missed: 1});
  }
  t.like((await control('DELETE', `/sessions/${whole.id}`)).json.verdict, {played: 2, missed: 1});
  const {json: file} = await control('POST', '/sessions', {name: 'file', cassette: 'suite'});
  const other = await control('POST', '/sessions', {name: 'test', cassette: 'other', parent: file.id});
  t.is(other.status, 400);
  t.regex(other.json.error.message, /cassette of the parent session, "suite"/);
});

test('invalid prefixes of a base URL are refused with a sentence', async t => {
  const {url} = await buildProxy(t, {mode: 'replay', cassette: await recordedFolder(t)});
  for (const prefix of [
    '@suite;sesion=a',
    '@suite;session=',
    '@suite;session=a;session=b',
    '@suite;session=a;mode=auto',
    '@suite;',
    `@suite;session=${'x'.repeat(201)}`,
  ]) {
    const response = await ask(`${url}/${prefix}`, 'one');
    t.is(response.status, 400, prefix);
    t.regex(await response.text(), /session/);
  }
  const conflict = await ask(`${url}/@suite;session=a`, 'one', {'x-retake-session': 'b'});
  t.is(conflict.status, 400);
  t.is((await ask(`${url}/@suite;session=a`, 'one', {'x-retake-session': 'a'})).status, 200);
  t.is((await ask(`${url}/@suite%3Bsession%3Da`, 'one')).status, 200, 'some clients escape paths');
});

test('a client may choose the id of a session, once', async t => {
  const proxy = await buildProxy(t, {mode: 'replay', cassette: await recordedFolder(t)});
  const control = controlOf(t, proxy);
  const id = 's-0123456789abcdef';
  const base = `${proxy.url}/@suite;session=${id}`;
  t.is((await ask(base, 'one')).status, 404, 'before it is created');
  const {json: session} = await control('POST', '/sessions', {id, name: 'a', cassette: 'suite'});
  t.is(session.urls.gemini, base);
  t.is((await ask(base, 'one')).status, 200);
  const {status, json} = await control('POST', '/sessions', {id, name: 'b'});
  t.is(status, 400);
  t.regex(json.error.message, /There is a session s-0123456789abcdef already/);
  t.is((await control('POST', '/sessions', {id: 'mine', name: 'b'})).status, 400);
  t.is((await control('DELETE', `/sessions/${id}`)).json.verdict.played, 1);
});

test('invalid bodies are refused with a sentence', async t => {
  const control = controlOf(t, await buildProxy(t, {mode: 'replay'}));
  const refusals: readonly (readonly [unknown, RegExp])[] = [
    [{}, /`name`/],
    [{name: ''}, /`name`/],
    [{name: 'x'.repeat(501)}, /`name`/],
    [{name: 'a', mode: 'fast'}, /Expected `replay`, .*or `passthrough` for `mode`/],
    [{name: 'a', colour: 1}, /`colour`/],
    [{name: 'a', cassette: 'a/b'}, /not a valid cassette name/],
    [{name: 'a', faults: 'cut'}, /`faults`/],
    [{name: 'a', faults: ['explode']}, /`faults`\[0\].*rate-limit/s],
    [{name: 'a', faults: [{fault: 'cut', often: 1}]}, /`faults\.0\.often`/],
    [{name: 'a', faults: [{fault: 'cut', times: '2'}]}, /Expected integer for `faults\.0\.times`/],
    [
      {name: 'a', faults: [7]},
      /Expected a text that is not empty or an object with `match`, .*for `faults\.0`/,
    ],
    [
      {name: 'a', faults: [{fault: 'cut', match: {api: 'gemni'}}]},
      /`faults`\[0\]\.match\.api to be one of .*gemini.*, got "gemni"/,
    ],
    [[], /the body/],
    ['no', /the body/],
  ];
  for (const [body, message] of refusals) {
    const {status, json} = await control('POST', '/sessions', body);
    t.is(status, 400);
    t.regex(json.error.message, message);
  }
  t.is((await control('POST', '/sessions', {name: 'a', parent: 's-0'})).status, 404);
  t.is((await control('GET', '/exchanges?limit=0')).status, 400);
  t.is((await control('GET', '/exchanges?limt=5')).status, 400);
  const unknown = await control('GET', '/exchanges?outcome=hits');
  t.is(unknown.status, 400);
  t.regex(unknown.json.error.message, /Expected `hit`, .*for the parameter `outcome`, got "hits"/);
  for (const [method, path] of [
    ['GET', '/nowhere'],
    ['POST', '/sessions/a/b'],
    ['GET', '/exchanges/1'],
    ['GET', '/exchanges/x'],
    ['GET', '/cassettes/%ff/interactions'],
  ] as const) {
    const {status, json} = await control(method, path);
    t.is(status, 404, path);
    t.is(json.error.code, 'not_found');
  }
});

test('a session has faults of its own, and so have its parts', async t => {
  const proxy = await buildProxy(t, {mode: 'replay', cassette: await recordedFolder(t)});
  const control = controlOf(t, proxy);
  const statuses = async (base: string) => {
    const all: (readonly [number, string | null])[] = [];
    for (let count = 0; count < 3; count++) {
      const response = await ask(base, 'one');
      all.push([response.status, response.headers.get('x-retake')]);
    }
    return all;
  };
  const faulty = {name: 'faulty', cassette: 'suite', faults: [{fault: 'rate-limit', times: 2}]};
  const {json: session} = await control('POST', '/sessions', faulty);
  const {json: other} = await control('POST', '/sessions', {name: 'other', cassette: 'suite'});
  t.deepEqual(await statuses(session.urls.gemini), [
    [429, 'fault'],
    [429, 'fault'],
    [200, 'hit'],
  ]);
  t.deepEqual(
    (await statuses(other.urls.gemini)).map(([status]) => status),
    [200, 200, 200],
  );
  const {json: part} = await control('POST', '/sessions', {name: 'part', parent: session.id});
  t.deepEqual(
    (await statuses(part.urls.gemini)).map(([status]) => status),
    [429, 429, 200],
  );
  const {json: own} = await control('POST', '/sessions', {
    name: 'x',
    parent: session.id,
    faults: ['overloaded'],
  });
  t.deepEqual(
    (await statuses(own.urls.gemini)).map(([status]) => status),
    [503, 503, 503],
  );
  const {json: outcome} = await control('DELETE', `/sessions/${session.id}`);
  t.like(outcome.verdict, {played: 2, faulted: 7});
});

test('requests are listed by pages, and by outcome', async t => {
  const proxy = await buildProxy(t, {mode: 'replay', cassette: await recordedFolder(t)});
  const control = controlOf(t, proxy);
  for (const text of ['one', 'two', 'three', 'one', 'one']) await ask(`${proxy.url}/@suite;session=s`, text);
  await ask(`${proxy.url}/@suite`, 'two');
  await fetch(`${proxy.url}/health`);
  const {json: all} = await control('GET', '/exchanges');
  t.is(all.exchanges.length, 6);
  t.is(all.next, null);
  t.like(all.exchanges[0], {id: '6', outcome: 'hit', dialect: 'openai', status: 200, model: 'gpt-4o'});
  t.like(all.exchanges[0].tokens, {input: 7});
  const {json: first} = await control('GET', '/exchanges?limit=4');
  const {json: rest} = await control('GET', `/exchanges?limit=4&before=${first.next}`);
  t.deepEqual([...first.exchanges, ...rest.exchanges], all.exchanges);
  const {json: misses} = await control('GET', '/exchanges?outcome=miss&session=s');
  t.deepEqual(
    misses.exchanges.map(({id}: Json) => id),
    ['3'],
  );
  const {json: miss} = await control('GET', '/exchanges/3');
  t.is(miss.question, 'three');
  t.truthy(miss.miss.nearest.differences.length);
  const {json: hit} = await control('GET', '/exchanges/5');
  t.is(hit.question, 'one');
  t.is(hit.answer.candidates[0].text, 'You said: one');
  t.is(hit.take, 1);
});

test('a request without a recording can be recorded afterwards', async t => {
  const proxy = await liveProxy(t, {cassette: await recordedFolder(t)});
  const control = controlOf(t, proxy);
  const {json: session} = await control('POST', '/sessions', {name: 'a', cassette: 'suite', mode: 'replay'});
  await ask(session.urls.gemini, 'three');
  const {status, json: recorded} = await control('POST', '/exchanges/1/record');
  t.is(status, 200);
  t.like(recorded, {outcome: 'recorded', cassette: 'suite'});
  t.is(recorded.answer.candidates[0].text, 'You said: three');
  t.is((await ask(session.urls.gemini, 'three')).status, 200);
  t.is((await control('POST', '/exchanges/1/record')).json.outcome, 'hit', 'the second time, it is there');
  const {json: refused} = await control('POST', '/exchanges/2/record');
  t.regex(refused.error.message, /not a request without a recording/);
  const {json: page} = await control('GET', '/cassettes/suite/interactions');
  t.deepEqual(page.interactions.map(({question}: Json) => question).sort(), ['one', 'three', 'two']);

  await ask(session.urls.gemini, 'four');
  proxy.upstream.follow(failing(500, {error: {message: 'no'}}));
  const {json: page2} = await control('GET', '/exchanges?outcome=miss&limit=1');
  t.is((await control('POST', `/exchanges/${page2.exchanges[0].id}/record`)).status, 502);
});

test('a server that only replays records nothing', async t => {
  const proxy = await buildProxy(t, {mode: 'replay', cassette: await recordedFolder(t)});
  await ask(`${proxy.url}/@suite`, 'three');
  const {status, json} = await controlOf(t, proxy)('POST', '/exchanges/1/record');
  t.is(status, 403);
  t.is(json.error.code, 'mode_not_allowed');
});

test('interactions are listed by pages', async t => {
  const control = controlOf(t, await buildProxy(t, {mode: 'replay', cassette: await recordedFolder(t)}));
  const {json: first} = await control('GET', '/cassettes/suite/interactions?limit=1');
  const after = encodeURIComponent(first.next);
  const {json: second} = await control('GET', `/cassettes/suite/interactions?limit=1&after=${after}`);
  const questions = [...first.interactions, ...second.interactions].map(({question}) => question);
  t.deepEqual(questions.sort(), ['one', 'two']);
  t.is(second.next, null);
  t.is(first.interactions[0].takes[0].answer.candidates.length, 1);
});

test('requests can be followed live, and from where a client was', async t => {
  const proxy = await buildProxy(t, {mode: 'replay', cassette: await recordedFolder(t)});
  await ask(`${proxy.url}/@suite`, 'one');
  await ask(`${proxy.url}/@suite`, 'two');
  const leaving = new AbortController();
  const response = await fetch(`${proxy.url}/_retake/v1/exchanges`, {
    headers: {accept: 'text/event-stream', 'last-event-id': '1'},
    signal: leaving.signal,
  });
  t.is(response.headers.get('content-type'), 'text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let received = '';
  const until = async (pattern: RegExp) => {
    while (!pattern.test(received)) received += (await reader?.read())?.value ?? t.fail(received);
  };
  await until(/id: 2\nevent: exchange\ndata: \{.*\}\n\n/);
  await ask(`${proxy.url}/@suite`, 'three');
  await until(/id: 3\nevent: exchange\ndata: \{.*"outcome":"miss".*\}\n\n/);
  t.notRegex(received, /^id: 1$/m);
  leaving.abort();
});

test('the list of requests names the question and the test of each, also after the test has ended', async t => {
  const proxy = await buildProxy(t, {mode: 'replay', cassette: await recordedFolder(t)});
  const control = controlOf(t, proxy);
  const {json: session} = await control('POST', '/sessions', {name: 'a test', cassette: 'suite'});
  for (const text of ['one', 'one', 'three']) await ask(session.urls.anthropic, text);
  await ask(`${proxy.url}/@suite`, 'two', {'x-retake-session': 'mine'});
  await control('DELETE', `/sessions/${session.id}`);
  const {json} = await control('GET', '/exchanges');
  t.deepEqual(
    json.exchanges.map(({question, outcome, sessionName}: Json) => [question, outcome, sessionName]),
    [
      ['two', 'hit', undefined],
      ['three', 'miss', 'a test'],
      ['one', 'hit', 'a test'],
      ['one', 'hit', 'a test'],
    ],
  );
});

test('the control API is guarded as all is, and tells its errors in one shape', async t => {
  const {url} = await buildProxy(t, {mode: 'replay'});
  const response = await fetch(`${url}/_retake/v1/status`, {headers: {origin: 'http://attacker.example'}});
  t.is(response.status, 403);
  t.like(await response.json(), {error: {code: 'forbidden_host'}});
});

test('the status and the document are served', async t => {
  const {url} = await liveProxy(t);
  const {json: status} = await controlOf(t, {url})('GET', '/status');
  t.like(status, {mode: 'auto', sessions: 0, exchanges: 0});
  const served: Json = await (await fetch(`${url}/_retake/v1/openapi.json`)).json();
  t.deepEqual(served, document);
  t.deepEqual(served.servers, [{url: '/_retake/v1'}], 'relative to the address of the document');
});

test('docs/reference/openapi.json is the document of the routes', t => {
  const written = JSON.parse(readFileSync(join('docs', 'reference', 'openapi.json'), 'utf8'));
  const usual = {...document, servers: [{url: 'http://localhost:8090/_retake/v1'}]};
  t.deepEqual(written, usual, 'run: node scripts/write-openapi.mjs');
  const listed = Object.entries<Json>(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map(method => `${method.toUpperCase()} ${path}`),
  );
  const routed = controlRoutes.map(({method, path}) => `${method} ${path}`);
  t.deepEqual(listed.sort(), [...routed, 'GET /openapi.json'].sort());
});

test('a path that has other methods is a 405 that lists them', async t => {
  const {url} = await buildProxy(t, {mode: 'replay'});
  const operations: readonly (readonly [string, readonly string[]])[] = [
    ...Object.entries(document.paths as Record<string, object>).map(
      ([path, methods]) => [`/_retake/v1${path}`, Object.keys(methods)] as const,
    ),
    ...['/health', '/healthz', '/readyz', '/metrics', '/_retake/ui', '/_retake/ui/inspector.css'].map(
      path => [path, ['get']] as const,
    ),
    ['/_retake/ui/exchanges/1/ignore', ['get', 'post']],
  ];
  t.true(operations.length > 15);
  for (const [pattern, methods] of operations) {
    const allowed = methods
      .flatMap(method => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
      .sort();
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      if (allowed.includes(method)) continue;
      const response = await fetch(`${url}${pattern.replaceAll(/\{\w+\}/g, 'x')}`, {method});
      const request = `${method} ${pattern}`;
      t.is(response.status, 405, request);
      t.deepEqual(response.headers.get('allow')?.split(', ').sort(), allowed, request);
      if (method !== 'HEAD') t.like(await response.json(), {error: {code: 'method_not_allowed'}}, request);
    }
  }
  t.is((await fetch(`${url}/health`, {method: 'POST'})).status, 405);
  t.is((await fetch(`${url}/@a/health`, {method: 'POST'})).status, 404, 'below a prefix are the APIs');
});
