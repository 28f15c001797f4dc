import {inspect} from 'node:util';
import test from 'ava';
import type {ErrorCode} from '../../src/errors.js';
import type {UpstreamTimeouts} from '../../src/upstream/openai-compatible/http-model.js';
import {rawServer} from '../support/raw-server.js';
import {
  answering,
  chunk,
  closingAtOnce,
  cuttingAfter,
  echoing,
  failing,
  hanging,
  type Script,
  scriptedUpstream,
  sending,
} from '../support/scripted-upstream.js';
import {ask, buildModel, failureOf, present, question, textOf} from './asking.js';

const said = `data: ${JSON.stringify(chunk(0, {content: 'Hi'}))}\n\n`;

/** The upstream does this, the client gets that error, and the next request is answered. */
const failsWith = test.macro({
  title: (_, what: string) => `an upstream that ${what}`,
  async exec(
    t,
    _what: string,
    script: Script,
    expected: {
      readonly code: ErrorCode;
      readonly status: number;
      readonly message: RegExp;
      readonly started?: boolean;
    },
    timeouts: Partial<UpstreamTimeouts> = {},
  ) {
    const upstream = await scriptedUpstream(t, script);
    const model = buildModel(t, {url: upstream.url, timeouts});
    const {error, chunks} = await failureOf(model.ask(question('Hi'), present()));
    t.is(error.code, expected.code);
    t.is(error.status, expected.status);
    t.regex(error.message, expected.message);
    t.is(chunks.length > 0, expected.started ?? false);
    t.false(chunks.some(({type}) => type === 'reply-end'));
    upstream.follow(answering(['fine']));
    t.is(textOf(await ask(model, question('Hi'))), 'fine');
  },
});

const llamaError = (code: number, message: string, type = 'server_error') => ({error: {code, message, type}});

test(failsWith, 'closes the connection at once', closingAtOnce(), {
  code: 'upstream_unavailable',
  status: 503,
  message: /^Cannot reach the upstream at http:\S+: it closed the connection without an answer$/,
});
test(failsWith, 'breaks the connection in mid-answer', cuttingAfter(['Hel', 'lo']), {
  code: 'upstream_failed',
  status: 502,
  message: /was cut off before its end/,
  started: true,
});
test(failsWith, 'ends its answer without a finish reason', sending(said), {
  code: 'upstream_failed',
  status: 502,
  message: /ended without a finish reason/,
  started: true,
});
test(failsWith, 'says [DONE] before any content', sending('data: [DONE]\n\n'), {
  code: 'upstream_failed',
  status: 502,
  message: /ended without a finish reason/,
});
test(failsWith, 'ends without any event', sending(''), {
  code: 'upstream_failed',
  status: 502,
  message: /ended without a finish reason/,
});
test(failsWith, 'sends half an event and ends', sending(said, 'data: {"choices":[{"del'), {
  code: 'upstream_failed',
  status: 502,
  message: /not valid JSON/,
  started: true,
});
test(failsWith, 'sends an event that is not JSON', sending('data: Internal error\n\n'), {
  code: 'upstream_failed',
  status: 502,
  message: /not valid JSON: Internal error/,
});
test(failsWith, 'sends garbage instead of an event stream', sending('\u0000\u0001garbage\n'), {
  code: 'upstream_failed',
  status: 502,
  message: /Expected the upstream's answer to be an event stream/,
});
test(failsWith, 'sends bytes that are not text', sending(Uint8Array.of(0xff, 0xfe)), {
  code: 'upstream_failed',
  status: 502,
  message: /not valid UTF-8/,
});
test(
  failsWith,
  'reports an error in mid-answer',
  sending(said, `data: ${JSON.stringify({error: {message: 'out of memory'}})}\n\n`),
  {
    code: 'upstream_failed',
    status: 502,
    message: /failed while answering: out of memory/,
    started: true,
  },
);
test(
  failsWith,
  'reports an error with a status as its first event',
  sending(`data: ${JSON.stringify(llamaError(400, 'too long'))}\n\n`),
  {
    code: 'upstream_rejected',
    status: 400,
    message: /too long/,
  },
);
test(
  failsWith,
  'never starts to answer',
  hanging(),
  {
    code: 'upstream_timeout',
    status: 504,
    message: /sent nothing for 1 s while retake waited for its first event/,
  },
  {firstEvent: 1000},
);
test(
  failsWith,
  'stops sending in mid-answer',
  hanging(['Hi']),
  {
    code: 'upstream_timeout',
    status: 504,
    message: /sent nothing for 1 s while retake waited for the next event/,
    started: true,
  },
  {betweenEvents: 1000},
);
test(
  failsWith,
  'sends an HTML page',
  ({response}) => void response.writeHead(200, {'content-type': 'text/html'}).end('<p>Welcome'),
  {
    code: 'upstream_failed',
    status: 502,
    message: /Expected an event stream from .* but it sent text\/html/,
  },
);
test(failsWith, 'answers with JSON that is no answer', failing(200, {response: 'Hi'}), {
  code: 'upstream_failed',
  status: 502,
  message: /unknown member "response": \{"response":"Hi"\}/,
});
test(failsWith, 'redirects', failing(302, '', {location: 'http://127.0.0.1:1/'}), {
  code: 'upstream_failed',
  status: 502,
  message: /redirects \(HTTP 302\)/,
});
test(
  failsWith,
  'gets a prompt that is too long',
  failing(
    400,
    llamaError(400, 'request (5007 tokens) exceeds the available context size', 'exceed_context_size_error'),
  ),
  {
    code: 'context_length_exceeded',
    status: 400,
    message: /^The prompt is too long for the model: request \(5007 tokens\) exceeds/,
  },
);
test(
  failsWith,
  'rejects the request with an unusual status',
  failing(422, {detail: 'temperature must be positive'}),
  {
    code: 'upstream_rejected',
    status: 422,
    message: /\(HTTP 422\): temperature must be positive/,
  },
);
test(failsWith, 'does not know the model', failing(404, llamaError(404, 'The model `x` does not exist.')), {
  code: 'upstream_rejected',
  status: 404,
  message: /The model `x` does not exist/,
});
test(failsWith, 'has no chat completions', failing(404, '<h1>Not Found</h1>'), {
  code: 'upstream_failed',
  status: 502,
  message: /has no \/v1\/chat\/completions/,
});
test(failsWith, 'does not accept the credential', failing(401, {error: {message: 'Invalid API Key'}}), {
  code: 'upstream_unauthorized',
  status: 502,
  message: /does not accept retake's credential \(HTTP 401\): Invalid API Key/,
});
test(failsWith, 'forbids access', failing(403, {error: 'no access'}), {
  code: 'upstream_unauthorized',
  status: 502,
  message: /\(HTTP 403\): no access/,
});
test(failsWith, 'is overloaded', failing(429, {error: {message: 'slow down'}}), {
  code: 'upstream_unavailable',
  status: 429,
  message: /over its rate limit \(HTTP 429\): slow down/,
});
test(failsWith, 'is loading its model', failing(503, llamaError(503, 'Loading model', 'unavailable_error')), {
  code: 'upstream_unavailable',
  status: 503,
  message: /is not ready \(HTTP 503\): Loading model/,
});
test(failsWith, 'fails', failing(500, llamaError(500, 'CUDA out of memory')), {
  code: 'upstream_failed',
  status: 502,
  message: /failed \(HTTP 500\): CUDA out of memory/,
});
test(failsWith, 'says in plain text what is wrong', failing(400, 'unknown field temperature\n'), {
  code: 'upstream_rejected',
  status: 400,
  message: /rejected the request \(HTTP 400\): unknown field temperature$/,
});
test(failsWith, 'has no chat completions and says so in plain text', failing(404, '404 page not found'), {
  code: 'upstream_failed',
  status: 502,
  message: /has no \/v1\/chat\/completions/,
});
test(failsWith, 'fails behind a gateway', failing(504, '<html>Gateway Timeout</html>'), {
  code: 'upstream_failed',
  status: 502,
  message: /failed \(HTTP 504\)$/,
});
test(
  failsWith,
  'cannot apply its template',
  failing(
    500,
    llamaError(
      500,
      'While executing CallExpression at line 19:\nError: Jinja Exception: Conversation roles must alternate',
    ),
  ),
  {
    code: 'upstream_rejected',
    status: 400,
    message: /Conversation roles must alternate/,
  },
);
test(
  failsWith,
  'cannot read images',
  failing(
    500,
    llamaError(
      500,
      'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
    ),
  ),
  {
    code: 'upstream_rejected',
    status: 400,
    message: /image input is not supported/,
  },
);
test(
  failsWith,
  'lacks a requested feature',
  failing(501, llamaError(501, 'This server does not support it', 'not_supported_error')),
  {
    code: 'upstream_rejected',
    status: 400,
    message: /does not support it/,
  },
);

test('a server that is not running', async t => {
  const upstream = await scriptedUpstream(t);
  await upstream.close();
  const {error} = await failureOf(buildModel(t, upstream).ask(question('Hi'), present()));
  t.is(error.code, 'upstream_unavailable');
  t.is(error.message, `Cannot reach the upstream at ${upstream.url}: nothing listens there`);
  t.is(error.hint, 'Start it, or correct its address.');
});

test('an unknown host', async t => {
  const {error} = await failureOf(
    buildModel(t, {url: 'http://nobody.invalid'}).ask(question('Hi'), present()),
  );
  t.is(error.code, 'upstream_unavailable');
  t.regex(error.message, /Cannot reach the upstream at http:\/\/nobody\.invalid: its host name/);
  t.regex(error.hint ?? '', /the network.*HTTPS_PROXY/);
});

test('a server with another protocol', async t => {
  const url = await rawServer(t, socket => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
  const {error} = await failureOf(buildModel(t, {url}).ask(question('Hi'), present()));
  t.is(error.code, 'upstream_failed');
  t.is(error.message, `Expected HTTP from the upstream at ${url}, but it sent something else`);
});

test('an answer that is shorter than announced', async t => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 1000\r\n\r\n';
  const url = await rawServer(t, socket => {
    socket.on('data', bytes => {
      if (bytes.includes('POST')) socket.end(head + said);
      else socket.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    });
  });
  const {error} = await failureOf(buildModel(t, {url}).ask(question('Hi'), present()));
  t.is(error.message, `The answer of the upstream at ${url} was cut off before its end`);
});

test('messages of an upstream are truncated', async t => {
  const upstream = await scriptedUpstream(t, failing(400, {error: {message: 'long '.repeat(100_000)}}));
  const {error} = await failureOf(buildModel(t, upstream).ask(question('Hi'), present()));
  t.true(error.message.length < 3000);
});

const conceals = test.macro({
  title: (_, what: string) => `the credential goes to the upstream and not into the message of ${what}`,
  async exec(t, _what: string, repeat: (said: string) => Script, message: RegExp) {
    const upstream = await scriptedUpstream(t, exchange =>
      repeat(`you sent ${exchange.request.headers.authorization}`)(exchange),
    );
    const model = buildModel(t, {url: upstream.url, authorization: 'Authorization: Bearer s3cret'});
    const {error} = await failureOf(model.ask(question('Hi'), present()));
    t.is(upstream.requests[0]?.headers.authorization, 'Bearer s3cret');
    t.regex(error.message, message);
    t.notRegex(inspect(error), /s3cret/);
  },
});

test(
  conceals,
  'a rejection',
  said => failing(400, {error: {message: said}}),
  /\(HTTP 400\): you sent <credential>/,
);
test(
  conceals,
  'an error in the answer',
  said => sending(`data: {"error":"${said}"}\n\n`),
  /answering: you sent <credential>/,
);
test(
  conceals,
  'a damaged event',
  said => sending(`data: ${said}\n\n`),
  /not valid JSON: you sent <credential>/,
);
test(conceals, 'a damaged stream', said => sending(`${said}\n\n`), /it has the line "you sent <credential>"/);

test('the credential does not follow a redirect to another host', async t => {
  const other = await scriptedUpstream(t);
  const upstream = await scriptedUpstream(t, failing(307, '', {location: `${other.url}/chat/completions`}));
  const model = buildModel(t, {url: upstream.url, authorization: 'X-Proxy-Token: s3cret'});
  const {error} = await failureOf(model.ask(question('Hi'), present()));
  t.is(upstream.requests[0]?.headers['x-proxy-token'], 's3cret');
  t.regex(error.message, /redirects \(HTTP 307\), which is not followed/);
  t.is(other.requests.length, 0);
});

test('a failure of one request does not affect another', async t => {
  const upstream = await scriptedUpstream(t, exchange => {
    const wantsFailure = exchange.request.body.messages[0].content === 'fail';
    return (wantsFailure ? cuttingAfter(['a']) : echoing())(exchange);
  });
  const model = buildModel(t, upstream);
  const [failed, answered] = await Promise.all([
    failureOf(model.ask(question('fail'), present())),
    ask(model, question('Hi')),
  ]);
  t.is(failed.error.code, 'upstream_failed');
  t.is(textOf(answered), 'You said: Hi');
});
