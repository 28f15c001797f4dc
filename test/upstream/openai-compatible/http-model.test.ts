import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {text as readText} from 'node:stream/consumers';
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {foldChunks} from '../../../src/chat/reply.js';
import {RetakeError} from '../../../src/errors.js';
import {rawServer} from '../../support/raw-server.js';
import {
  answering,
  chunk,
  echoing,
  inTurn,
  scriptedProps,
  scriptedUpstream,
  sending,
} from '../../support/scripted-upstream.js';
import {ask, buildModel, collect, failureOf, present, question, textOf, turn} from '../asking.js';

test('an answer arrives in its original pieces, and names the model', async t => {
  const upstream = await scriptedUpstream(t, answering(['Hel', 'lo']));
  t.deepEqual(await ask(buildModel(t, upstream), question('Hi')), [
    {type: 'reply-start', answeredBy: {model: 'scripted-model.gguf', engine: 'b1-scripted'}, inputTokens: 7},
    {type: 'text-delta', candidate: 0, text: 'Hel'},
    {type: 'text-delta', candidate: 0, text: 'lo'},
    {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}], usage: {inputTokens: 7, outputTokens: 2}},
  ]);
});

test("a configured name replaces the server's", async t => {
  const upstream = await scriptedUpstream(t);
  const [start] = await ask(buildModel(t, {url: upstream.url, reportsAs: 'gemma3-270m'}), question('Hi'));
  t.like(start, {type: 'reply-start', answeredBy: {model: 'gemma3-270m', engine: 'b1-scripted'}});
});

test('a server that does not describe itself gets the model name in its events', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {props: null});
  const [start] = await ask(buildModel(t, upstream), question('Hi'));
  t.deepEqual(start, {type: 'reply-start', answeredBy: {model: 'scripted-model', engine: 'b1-scripted'}});
  t.is(upstream.requests[0]?.body.model, 'scripted-model');
});

test('a request is sent as a stream under /v1, with or without /v1 in the address', async t => {
  const upstream = await scriptedUpstream(t);
  await ask(buildModel(t, upstream), question('Hi'));
  await ask(buildModel(t, {url: upstream.url.replace('/v1', '')}), question('Hi'));
  t.deepEqual(
    upstream.requests.map(({path}) => path),
    ['/v1/chat/completions', '/v1/chat/completions'],
  );
  t.like(upstream.requests[0]?.body, {stream: true, messages: [{role: 'user', content: 'Hi'}]});
  t.is(upstream.requests[0]?.headers['content-type'], 'application/json');
});

test('a path in the address is used as it is, and its query is sent with every request', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {props: null});
  const {origin} = new URL(upstream.url);
  const query = 'api-version=2024-10-21';
  await ask(buildModel(t, {url: `${origin}/v1beta/openai`}), question('Hi'));
  await ask(buildModel(t, {url: `${origin}/openai/deployments/mini?${query}`}), question('Hi'));
  t.deepEqual(
    upstream.requests.map(({path}) => path),
    ['/v1beta/openai/chat/completions', `/openai/deployments/mini/chat/completions?${query}`],
  );
  t.true(upstream.paths.includes(`GET /openai/deployments/mini/models?${query}`));
});

test('a server that has none of the routes is told which were tried', async t => {
  const url = await rawServer(t, socket =>
    socket.on('data', () => socket.end('HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')),
  );
  const {error} = await failureOf(buildModel(t, {url: `${url}/api`}).ask(question('Hi'), present()));
  t.is(
    error.message,
    `The upstream at ${url}/api answered HTTP 404 to everything that retake tried: GET /api/props, GET /api/models, POST /api/chat/completions`,
  );
  t.regex(error.hint ?? '', /base URL/);
});

test('a gateway that asks for a credential on paths that it does not have is no reason to fail', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {props: null});
  const {origin} = new URL(upstream.url);
  const gateway = createServer(async (request, response) => {
    if (request.url === '/props') return void response.writeHead(401).end('{"error":{"message":"no"}}');
    const body = request.method === 'POST' ? await readText(request) : null;
    const answer = await fetch(origin + request.url, {method: request.method ?? 'GET', body});
    response.writeHead(answer.status, {'content-type': answer.headers.get('content-type') ?? ''});
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  t.teardown(() => gateway.close());
  const {port} = gateway.address() as AddressInfo;
  const model = buildModel(t, {url: `http://127.0.0.1:${port}`});
  t.is(textOf(await ask(model, question('Hi'))), 'You said: Hi');
});

test("the server's description is requested once for many requests", async t => {
  const upstream = await scriptedUpstream(t, echoing(), {props: null});
  const model = buildModel(t, upstream);
  await Promise.all([ask(model, question('1')), ask(model, question('2'))]);
  await ask(model, question('3'));
  t.is(upstream.paths.filter(path => path === 'GET /props').length, 1);
  t.is(upstream.requests.length, 3);
});

test('an event of several MiB is handled', async t => {
  const text = 'long '.repeat(1024 * 1024);
  const upstream = await scriptedUpstream(t, answering([text]));
  t.is(textOf(await ask(buildModel(t, upstream), question('Hi'))), text);
});

test('an answer that arrives byte by byte is the same', async t => {
  const events = [chunk(0, {content: 'Grüße, '}), chunk(0, {content: '☃'}, undefined, 'stop')];
  const bytes = Buffer.from(
    `${events.map(event => `data: ${JSON.stringify(event)}\r\n\r\n`).join('')}data: [DONE]\r\n\r\n`,
  );
  const upstream = await scriptedUpstream(t, async exchange => {
    exchange.response.socket?.setNoDelay(true);
    for (const byte of bytes) await exchange.write(Uint8Array.of(byte));
    exchange.end();
  });
  t.is(textOf(await ask(buildModel(t, upstream), question('Hi'))), 'Grüße, ☃');
});

test('deltas arrive as they are sent, not when the answer is complete', async t => {
  let goOn = () => {};
  const upstream = await scriptedUpstream(t, async exchange => {
    await exchange.event(chunk(0, {content: 'first'}));
    await new Promise<void>(resolve => {
      goOn = resolve;
    });
    await exchange.event(chunk(0, {content: 'last'}, undefined, 'stop'));
    exchange.end();
  });
  const seen: string[] = [];
  for await (const one of buildModel(t, upstream).ask(question('Hi'), present())) {
    if (one.type === 'text-delta') seen.push(one.text);
    if (seen.length === 1) goOn();
  }
  t.deepEqual(seen, ['first', 'last']);
});

test('an answer without [DONE] ends when its stream ends well', async t => {
  const upstream = await scriptedUpstream(
    t,
    sending(`data: ${JSON.stringify(chunk(0, {content: 'Hi'}, undefined, 'stop'))}\n\n`),
  );
  t.is(textOf(await ask(buildModel(t, upstream), question('Hi'))), 'Hi');
});

test('after [DONE] an answer is complete, even if the server keeps the connection open', async t => {
  const upstream = await scriptedUpstream(t, async exchange => {
    await exchange.event(chunk(0, {content: 'Hi'}, undefined, 'stop'));
    await exchange.write('data: [DONE]\n\n');
  });
  t.is(textOf(await ask(buildModel(t, upstream), question('Hi'))), 'Hi');
});

test('no request is lost if a server closes its idle connections, as llama-server does', async t => {
  const upstream = await scriptedUpstream(t, async exchange => {
    await answering(['Hi'])(exchange);
    exchange.response.socket?.end();
  });
  const model = buildModel(t, upstream);
  for (let count = 0; count < 50; count++) t.is(textOf(await ask(model, question('Hi'))), 'Hi');
});

test('as many candidates as there are slots are requested at once', async t => {
  const upstream = await scriptedUpstream(t, answering(['a', 'b']), {
    props: {...scriptedProps, total_slots: 2},
  });
  const chunks = await ask(buildModel(t, upstream), question('Hi', {candidates: 2}));
  t.deepEqual(
    upstream.requests.map(({body}) => body.n),
    [2],
  );
  t.deepEqual([textOf(chunks, 0), textOf(chunks, 1)], ['ab', 'ab']);
});

test('more candidates than slots are requested in sequence, each with the next seed', async t => {
  const upstream = await scriptedUpstream(
    t,
    inTurn(answering(['a']), answering(['b', 'c'], {finish: 'length'})),
  );
  const request = question('Hi', {candidates: 2, sampling: {seed: 5}});
  const {candidates, usage} = await foldChunks(buildModel(t, upstream).ask(request, present()));
  t.deepEqual(
    upstream.requests.map(({body}) => [body.n, body.seed]),
    [
      [undefined, 5],
      [undefined, 6],
    ],
  );
  t.deepEqual(
    candidates.map(({text, finish}) => [text, finish.raw]),
    [
      ['a', 'stop'],
      ['bc', 'length'],
    ],
  );
  t.deepEqual(usage, {inputTokens: 7, outputTokens: 3});
});

test('a server with an unknown number of slots gets one request for all candidates', async t => {
  const upstream = await scriptedUpstream(t, echoing(), {props: null});
  await ask(buildModel(t, upstream), question('Hi', {candidates: 3}));
  t.deepEqual(
    upstream.requests.map(({body}) => body.n),
    [3],
  );
});

test('log probabilities have no more alternatives than requested', async t => {
  const upstream = await scriptedUpstream(t, answering(['Hi']));
  for (const top of [0, 2]) {
    const [, delta] = await ask(buildModel(t, upstream), question('Hi', {logprobs: {top}}));
    t.true(delta?.type === 'text-delta' && delta.logprobs?.[0]?.top.length === top);
  }
});

test('one of several words is answered without quotes', async t => {
  const upstream = await scriptedUpstream(t, answering(['"Bra', 'ss', '"']));
  const output = {type: 'enum', schema: {type: 'string', enum: ['Brass', 'String']}} as const;
  t.is(textOf(await ask(buildModel(t, upstream), question('Which?', {output}))), 'Brass');
});

test('turns are shaped for a template that requires alternation', async t => {
  const template =
    '{{ raise_exception("Conversation roles must alternate user/assistant/user/assistant/...") }}';
  const upstream = await scriptedUpstream(t, echoing(), {props: {...scriptedProps, chat_template: template}});
  const turns = [turn('assistant', 'Hello'), turn('user', 'a'), turn('user', 'b')];
  await ask(buildModel(t, upstream), {operation: 'chat', turns});
  t.deepEqual(upstream.requests[0]?.body.messages, [
    {role: 'user', content: ''},
    {role: 'assistant', content: 'Hello'},
    {role: 'user', content: 'a\n\nb'},
  ]);
});

test('a request that cannot be encoded is not sent', async t => {
  const upstream = await scriptedUpstream(t);
  const {error} = await failureOf(
    buildModel(t, upstream).ask(question('Hi', {extras: {stream: false}}), present()),
  );
  t.is(error.code, 'invalid_request');
  t.is(upstream.requests.length, 0);
});

test('a client that disconnects cancels the upstream request', async t => {
  const upstream = await scriptedUpstream(t, async exchange => exchange.event(chunk(0, {content: 'Hi'})));
  const client = new AbortController();
  const chunks = buildModel(t, upstream).ask(question('Hi'), {signal: client.signal});
  const failure = failureOf(chunks);
  await upstream.untilAsked(1);
  client.abort();
  const {error} = await failure;
  t.is(error.code, 'client_closed');
  await upstream.untilAborted(1);
  t.is(upstream.aborted, 1);
});

test('a client that disconnects before the answer begins cancels the upstream request', async t => {
  const upstream = await scriptedUpstream(t, () => {});
  const client = new AbortController();
  const failure = failureOf(buildModel(t, upstream).ask(question('Hi'), {signal: client.signal}));
  await upstream.untilAsked(1);
  client.abort(new RetakeError('request_timeout', 'the reason of the one who aborts'));
  const {error} = await failure;
  t.is(error.message, 'the reason of the one who aborts');
  await upstream.untilAborted(1);
  t.pass();
});

test('a client that disconnected earlier sends no request', async t => {
  const upstream = await scriptedUpstream(t);
  const {error} = await failureOf(buildModel(t, upstream).ask(question('Hi'), {signal: AbortSignal.abort()}));
  t.is(error.code, 'client_closed');
  t.is(upstream.requests.length, 0);
});

test('a reader that stops reading cancels the upstream request', async t => {
  const upstream = await scriptedUpstream(t, async exchange => exchange.event(chunk(0, {content: 'Hi'})));
  for await (const one of buildModel(t, upstream).ask(question('Hi'), present())) {
    if (one.type === 'text-delta') break;
  }
  await upstream.untilAborted(1);
  t.is(upstream.aborted, 1);
});

test('between several answers in sequence, a client that disconnects stops the next one', async t => {
  const upstream = await scriptedUpstream(t);
  const client = new AbortController();
  const chunks = buildModel(t, upstream).ask(question('Hi', {candidates: 5}), {signal: client.signal});
  const {error} = await failureOf(
    (async function* () {
      for await (const one of chunks) {
        if (one.type === 'text-delta' && one.candidate === 1) client.abort();
        yield one;
      }
    })(),
  );
  t.is(error.code, 'client_closed');
  t.is(upstream.requests.length, 2);
});

test('closing cancels open requests, and later ones fail', async t => {
  const upstream = await scriptedUpstream(t, () => {});
  const model = buildModel(t, upstream);
  const failure = failureOf(model.ask(question('Hi'), present()));
  await upstream.untilAsked(1);
  await model.close();
  for (const {error} of [await failure, await failureOf(model.ask(question('Hi'), present()))]) {
    t.is(error.code, 'upstream_unavailable');
    t.regex(error.message, /retake is closing/);
  }
  await upstream.untilAborted(1);
});

test('many parallel requests are all answered', async t => {
  const upstream = await scriptedUpstream(t);
  const model = buildModel(t, upstream);
  const texts = Array.from({length: 300}, (_, index) => `question ${index}`);
  const answers = await Promise.all(texts.map(text => ask(model, question(text))));
  t.deepEqual(
    answers.map(chunks => textOf(chunks)),
    texts.map(text => `You said: ${text}`),
  );
});

test('a slow reader does not count as a silent upstream', async t => {
  const upstream = await scriptedUpstream(t, answering(['a', 'b', 'c']));
  const model = buildModel(t, {url: upstream.url, timeouts: {betweenEvents: 300}});
  const seen: string[] = [];
  for await (const one of model.ask(question('Hi'), present())) {
    if (one.type === 'reply-start') await sleep(600);
    seen.push(one.type);
  }
  t.deepEqual(seen, ['reply-start', 'text-delta', 'text-delta', 'text-delta', 'reply-end']);
});

test('comments do not count as activity: an upstream that only pings is silent', async t => {
  const upstream = await scriptedUpstream(t, async exchange => {
    await exchange.event(chunk(0, {content: 'Hi'}));
    while (!exchange.response.destroyed) {
      await exchange.write(': ping\n\n');
      await exchange.wait(10);
    }
  });
  const model = buildModel(t, {url: upstream.url, timeouts: {betweenEvents: 60}});
  const {error} = await failureOf(model.ask(question('Hi'), present()));
  t.is(error.code, 'upstream_timeout');
});

test('a restarted server is asked for its description again', async t => {
  const first = await scriptedUpstream(t);
  const model = buildModel(t, first);
  t.is((await model.describe()).model, 'scripted-model.gguf');
  await first.close();
  const {error} = await failureOf(model.ask(question('Hi'), present()));
  t.is(error.code, 'upstream_unavailable');
  await scriptedUpstream(t, echoing(), {
    props: {...scriptedProps, model_path: 'C:\\models\\other.gguf', total_slots: 2},
    port: Number(new URL(first.url).port),
  });
  t.like(await model.describe(), {model: 'other.gguf', slots: 2});
  t.is((await collect(model.ask(question('Hi'), present()))).at(-1)?.type, 'reply-end');
});

test('a server that is replaced without a failure is never named as the one before', async t => {
  const first = await scriptedUpstream(t);
  const port = Number(new URL(first.url).port);
  const model = buildModel(t, first);
  t.like((await ask(model, question('Hi')))[0], {answeredBy: {model: 'scripted-model.gguf'}});
  await first.close();
  const second = await scriptedUpstream(t, echoing(), {
    props: {...scriptedProps, model_path: 'other.gguf'},
    port,
  });
  // The description is cached for a second: restarting a real server takes longer.
  await sleep(1100);
  t.like((await ask(model, question('Hi')))[0], {answeredBy: {model: 'other.gguf'}});
  // Sent beside the question whether it is the same server, and again when it was not.
  t.is(second.requests.length, 2);
});

test('a known server gets the request before it has described itself again', async t => {
  let describes = () => {};
  const described = new Promise<void>(resolve => {
    describes = resolve;
  });
  const upstream = await scriptedUpstream(t);
  const model = buildModel(t, {url: upstream.url, descriptionLifetimeMs: 0});
  await ask(model, question('One'));
  upstream.delayDescriptions(described);
  const answer = ask(model, question('Two'));
  await upstream.untilAsked(2);
  describes();
  t.is(textOf(await answer), 'You said: Two');
});

for (const status of [400, 401, 429, 500, 503]) {
  test(`a server that answers HTTP ${status} is not asked for its description again`, async t => {
    const upstream = await scriptedUpstream(
      t,
      ({response}) => {
        response.writeHead(status, {'content-type': 'application/json'}).end('{"error":{"message":"no"}}');
      },
      {props: null},
    );
    const model = buildModel(t, {url: upstream.url});
    for (let time = 0; time < 3; time++) await failureOf(model.ask(question('Hi'), present()));
    upstream.follow(echoing());
    t.is(textOf(await ask(model, question('Hi'))), 'You said: Hi');
    t.deepEqual(upstream.paths, [
      ...['GET /props', 'GET /v1/models'],
      ...Array.from({length: 4}, () => 'POST /v1/chat/completions'),
    ]);
  });
}

test('a server that no longer has its only model is asked which one it has', async t => {
  const models = ['first'];
  const upstream = await scriptedUpstream(
    t,
    exchange => {
      if (exchange.request.body.model === models[0]) return echoing()(exchange);
      const error = {message: `The model \`${exchange.request.body.model}\` does not exist.`};
      exchange.response.writeHead(404, {'content-type': 'application/json'}).end(JSON.stringify({error}));
    },
    {props: null, models},
  );
  const model = buildModel(t, {url: upstream.url});
  t.is(textOf(await ask(model, question('Hi'))), 'You said: Hi');
  models[0] = 'second';
  await failureOf(model.ask(question('Hi'), present()));
  t.is(textOf(await ask(model, question('Hi'))), 'You said: Hi');
  t.is(upstream.paths.filter(path => path === 'GET /v1/models').length, 2);
});
