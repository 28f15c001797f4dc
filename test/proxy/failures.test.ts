import {EventEmitter, once} from 'node:events';
import test, {type ExecutionContext} from 'ava';
import {externalUpstream} from '../../src/upstream/openai-compatible/external-upstream.js';
import {rawConnection, rawPost} from '../http/raw-connection.js';
import {buildProxy} from '../support/build-proxy.js';
import {interactionsIn} from '../support/cassette-files.js';
import {
  answering,
  chunk,
  closingAtOnce,
  failing,
  hanging,
  progressChunk,
  type Script,
  scriptedUpstream,
  sending,
} from '../support/scripted-upstream.js';
import {openingGate} from './gate.js';
import {type LiveProxy, liveProxy} from './live-proxy.js';
import {geminiArray, geminiStream, openaiStream, openaiUnary, type Way, ways} from './ways.js';

type Failure = {
  readonly name: string;
  readonly script: Script;
  readonly status: number;
  readonly message: RegExp;
  /** Whether a retry can help. */
  readonly retryable: boolean;
};

const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;

/** Failures before the first part of the answer. */
const earlyFailures: readonly Failure[] = [
  {
    name: 'status 500',
    script: failing(500, {error: {message: 'out of memory'}}),
    status: 502,
    message: /failed \(HTTP 500\): out of memory/,
    retryable: true,
  },
  {
    name: 'a gateway page with status 502',
    script: failing(502, '<html><h1>Bad Gateway</h1></html>'),
    status: 502,
    message: /failed \(HTTP 502\)/,
    retryable: true,
  },
  {
    name: 'status 503',
    script: failing(503, {error: {message: 'Loading model', code: 503}}),
    status: 503,
    message: /not ready \(HTTP 503\): Loading model/,
    retryable: true,
  },
  {
    name: 'status 429',
    script: failing(429, {error: {message: 'slow down'}}),
    status: 429,
    message: /over its rate limit \(HTTP 429\): slow down/,
    retryable: true,
  },
  {
    name: 'status 400',
    script: failing(400, {error: {message: 'the prompt is too long'}}),
    status: 400,
    message: /rejected the request \(HTTP 400\): the prompt is too long/,
    retryable: false,
  },
  {
    name: "an exception of the model's template",
    script: failing(500, {error: {code: 500, message: 'Jinja Exception: roles must alternate'}}),
    status: 400,
    message: /cannot answer this request: Jinja Exception: roles must alternate/,
    retryable: false,
  },
  {
    name: 'a page instead of an answer',
    script: failing(200, '<html>Welcome</html>'),
    status: 502,
    message: /Expected an event stream .* it sent text\/html/,
    retryable: true,
  },
  {
    name: 'garbage instead of events',
    script: sending('~~~ this is no event stream ~~~\n\n'),
    status: 502,
    message: /Expected the upstream's answer to be an event stream/,
    retryable: true,
  },
  {
    name: 'an event that is no JSON',
    script: sending('data: {"choices":[{"ind\n\n'),
    status: 502,
    message: /Expected a chunk of a completion from the upstream, but it is not valid JSON/,
    retryable: true,
  },
  {
    name: 'bytes that are no UTF-8',
    script: sending(
      Buffer.from('data: {"choices":[{"index":0,"delta":{"content":"\xff\xfe"}}]}\n\n', 'latin1'),
    ),
    status: 502,
    message: /not valid UTF-8/,
    retryable: true,
  },
  {
    name: 'an error as the first event',
    script: sending(event({error: {message: 'the slot is gone'}})),
    status: 502,
    message: /failed while answering: the slot is gone/,
    retryable: true,
  },
  {
    name: 'nothing but an end',
    script: sending('data: [DONE]\n\n'),
    status: 502,
    message: /ended without a finish reason/,
    retryable: true,
  },
  {
    name: 'a connection that is closed at once',
    script: closingAtOnce(),
    status: 503,
    message: /Cannot reach the upstream .* it closed the connection without an answer/,
    retryable: true,
  },
];

for (const failure of earlyFailures) {
  test(`before the first chunk, ${failure.name}: an error with its status, in the client's API format`, async t => {
    const proxy = await liveProxy(t, {script: failure.script});
    for (const way of ways) {
      const response = await proxy.post(way.path, way.ask('hi'));
      const body = await response.text();
      t.is(response.status, failure.status, body);
      t.is(response.headers.get('x-retake'), 'live');
      t.is(response.headers.get('x-should-retry'), failure.retryable ? null : 'false');
      t.regex(response.headers.get('content-type') ?? '', /^application\/json/);
      t.regex(errorOf(t, way, JSON.parse(body), failure.status).message, failure.message);
    }
    await keptNothing(t, proxy);
  });
}

/** Failures after part of the answer was sent: what the upstream does then. */
type LateFailure = Pick<Failure, 'name' | 'status' | 'message'> & {
  readonly goesOn: Script;
  /** Milliseconds of silence after which the upstream is given up. */
  readonly timeoutMs?: number;
};

const lateFailures: readonly LateFailure[] = [
  {
    name: 'the stream is cut',
    goesOn: exchange => exchange.cut(),
    status: 502,
    message: /cut off before its end/,
  },
  {
    name: 'the stream ends without a finish reason',
    goesOn: exchange => exchange.end(),
    status: 502,
    message: /ended without a finish reason/,
  },
  {
    name: 'an error comes as an event',
    goesOn: sending(event({error: {message: 'the slot is gone'}})),
    status: 502,
    message: /the slot is gone/,
  },
  {
    name: 'garbage follows',
    goesOn: sending('\u0000garbage\n\n'),
    status: 502,
    message: /to be an event stream/,
  },
  {
    name: 'an event is half',
    goesOn: sending('data: {"choices":[{"delta":{"con'),
    status: 502,
    message: /not valid JSON/,
  },
  {
    name: 'nothing more comes',
    goesOn: () => {},
    timeoutMs: 500,
    status: 504,
    message: /sent nothing for 0.5 s while retake waited for the next event/,
  },
];

function failingAfter(gate: Promise<void>, goesOn: Script): Script {
  return async exchange => {
    // Gemini clients get the length of the prompt with each event, and a piece of text when the next one has come.
    await exchange.event(progressChunk(4));
    await exchange.event(chunk(0, {content: 'Hello there'}));
    await exchange.event(chunk(0, {content: ', friend'}));
    await gate;
    await goesOn(exchange);
  };
}

for (const {name, goesOn, timeoutMs, status, message} of lateFailures) {
  test(`after the first chunk, ${name}: a streaming client gets an error and no clean end`, async t => {
    const proxy = await patientProxy(t, timeoutMs);
    for (const way of ways.filter(({streams}) => streams)) {
      const gate = openingGate();
      proxy.upstream.follow(failingAfter(gate.opened, goesOn));
      const connection = await rawConnection(t, proxy.url);
      connection.send(rawPost(way.path, way.ask('hi')));
      await connection.untilReceived(/Hello there/);
      gate.open();
      const received = await connection.untilClosed();
      t.regex(received, /^HTTP\/1\.1 200 OK\r\n/);
      t.false(received.includes('\r\n0\r\n\r\n'), 'a terminating chunk would be a clean end');
      t.false(received.includes('[DONE]'));
      t.notRegex(received, /"finish_?[rR]eason":"/);
      t.regex(errorOf(t, way, lastEventOf(way, received), status).message, message);
    }
    await keptNothing(t, proxy);
  });

  test(`after the first chunk, ${name}: a unary client gets an error with its status`, async t => {
    const proxy = await patientProxy(t, timeoutMs);
    proxy.upstream.follow(failingAfter(Promise.resolve(), goesOn));
    for (const way of ways.filter(({streams}) => !streams)) {
      const response = await proxy.post(way.path, way.ask('hi'));
      t.is(response.status, status);
      t.regex(errorOf(t, way, await response.json(), status).message, message);
    }
    await keptNothing(t, proxy);
  });
}

test('an upstream that cannot be reached is a 503, and recorded answers are still replayed', async t => {
  const proxy = await liveProxy(t);
  await proxy.post(openaiUnary.path, openaiUnary.ask('known'));
  await proxy.upstream.close();
  for (const way of ways) {
    const response = await proxy.post(way.path, way.ask('hi'));
    t.is(response.status, 503);
    const {message} = errorOf(t, way, await response.json(), 503);
    t.regex(
      message,
      /Cannot reach the upstream at .*: nothing listens there\nStart it, or correct its address\./,
    );
    t.is((await proxy.post(way.path, way.ask('known'))).headers.get('x-retake'), 'hit');
  }
});

test('without an upstream, a request that needs one is a 501 that says how to configure one', async t => {
  const {post, proxy} = await buildProxy(t, {mode: 'auto'});
  for (const way of ways) {
    const response = await post(way.path, way.ask('hi'));
    t.is(response.status, 501);
    t.is(response.headers.get('x-should-retry'), 'false');
    t.is(response.headers.get('x-retake'), 'live');
    t.regex(
      await response.text(),
      /needs a model to answer it.*the option `upstream` \(--model or --upstream\)/s,
    );
  }
  t.is((await proxy.verdict()).failed, ways.length);
});

test('an event of several MiB is passed on, recorded and replayed', async t => {
  const text = 'A line.\n'.repeat(600_000);
  const {post, upstream} = await liveProxy(t, {script: answering([text])});
  for (const [index, way] of ways.entries()) {
    const response = await post(way.path, way.ask('hi'));
    t.is(response.headers.get('x-retake'), index === 0 ? 'recorded' : 'hit');
    t.true(way.read(await response.text()).candidates[0]?.text === text);
  }
  t.is(upstream.requests.length, 1);
});

for (const way of ways) {
  test(`a client that disconnects before the answer cancels the upstream request: ${way.name}`, async t => {
    const proxy = await liveProxy(t, {script: hanging(), finishTimeout: 300});
    const leaving = new AbortController();
    const asked = fetch(proxy.url + way.path, {
      method: 'POST',
      body: JSON.stringify(way.ask('hi')),
      signal: leaving.signal,
    });
    await proxy.upstream.untilAsked(1);
    leaving.abort();
    await t.throwsAsync(asked, {any: true});
    await proxy.upstream.untilAborted(1);
    await keptNothing(t, proxy);
  });
}

for (const way of [geminiStream, geminiArray, openaiStream]) {
  test(`a client that disconnects during the answer cancels the upstream request: ${way.name}`, async t => {
    const proxy = await liveProxy(t, {script: hanging(['Hello', ' you']), finishTimeout: 300});
    const connection = await rawConnection(t, proxy.url);
    connection.send(rawPost(way.path, way.ask('hi')));
    await connection.untilReceived(/Hello/);
    connection.socket.destroy();
    await proxy.upstream.untilAborted(1);
    await keptNothing(t, proxy);
  });
}

for (const method of ['POST', 'PATCH']) {
  test(`a client that leaves in the middle of its ${method} is logged`, async t => {
    const logged = new EventEmitter();
    const {url} = await buildProxy(t, {
      mode: 'replay',
      onExchange: exchange => logged.emit('exchange', exchange),
    });
    const connection = await rawConnection(t, url);
    connection.send(
      `${method} ${openaiUnary.path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{"model":`,
    );
    const exchangeLogged = once(logged, 'exchange');
    connection.socket.destroySoon();
    const [exchange] = await exchangeLogged;
    t.like(exchange, {method, path: openaiUnary.path, status: 499, error: {code: 'client_closed'}});
  });
}

/** A proxy that waits so many milliseconds for the next event of its upstream. */
async function patientProxy(t: ExecutionContext, betweenEvents = 60_000): Promise<LiveProxy> {
  const upstream = await scriptedUpstream(t);
  const proxy = await buildProxy(t, {
    upstream: externalUpstream({url: upstream.url, timeouts: {betweenEvents}}),
  });
  return {...proxy, upstream};
}

/** Checks that no take was stored and that the next request is answered. */
async function keptNothing(t: ExecutionContext, {post, proxy, upstream, cassette}: LiveProxy): Promise<void> {
  upstream.follow(answering(['fine']));
  const response = await post(openaiUnary.path, openaiUnary.ask('hi'));
  t.is(response.headers.get('x-retake'), 'recorded');
  t.is(openaiUnary.read(await response.text()).candidates[0]?.text, 'fine');
  await proxy.close();
  const interactions = await interactionsIn(cassette);
  t.is(interactions.length, 1);
  t.is(interactions[0]?.takes.length, 1);
}

/** The error in a body, after a check of its API's format. */
function errorOf(
  t: ExecutionContext,
  way: Way,
  // biome-ignore lint/suspicious/noExplicitAny: a wrong shape fails the test
  {error}: any,
  status: number,
): {readonly message: string} {
  if (way.api === 'gemini') {
    t.is(error.code, status);
    t.regex(error.status, /^[A-Z_]+$/);
    // Details with a reason of retake's own are for errors that no server answered with.
    t.true(error.details === undefined || Array.isArray(error.details));
  } else {
    t.deepEqual(Object.keys(error), ['message', 'type', 'param', 'code']);
    t.regex(error.type, status >= 500 ? /^server_error$/ : /_error$/);
  }
  t.is(typeof error.message, 'string');
  return error;
}

/** The content of the last chunk on the wire. */
function lastEventOf(way: Way, received: string): unknown {
  const body = unchunked(received.slice(received.indexOf('\r\n\r\n') + 4));
  if (way === geminiArray) return (JSON.parse(body.replace(/\]?\s*$/, ']')) as readonly unknown[]).at(-1);
  const last =
    body
      .trimEnd()
      .split(/(?:\r?\n){2}/)
      .at(-1) ?? '';
  return JSON.parse(last.replace(/^(?:event: .*\n)?data: /, ''));
}

/** A body without its chunked coding (RFC 9112, section 7.1). Node may send several events as one chunk. */
function unchunked(coded: string): string {
  const chunks: string[] = [];
  for (let rest = coded; rest !== ''; ) {
    const [head = '', digits = ''] = /^([0-9a-f]+)\r\n/.exec(rest) ?? [];
    const size = Number.parseInt(digits, 16);
    chunks.push(rest.slice(head.length, head.length + size));
    rest = head === '' ? '' : rest.slice(head.length + size + 2);
  }
  return Buffer.from(chunks.join(''), 'latin1').toString();
}
