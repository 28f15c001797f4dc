import {readdir, readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {brotliCompressSync, deflateSync, gzipSync} from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import {rawConnection, rawPost} from '../http/raw-connection.js';
import {type BuiltProxy, buildProxy} from '../support/build-proxy.js';
import {failing} from '../support/scripted-upstream.js';
import {liveProxy} from './live-proxy.js';
import {geminiUnary, openaiStream, openaiUnary, ways} from './ways.js';

/** The status of a request addressed to a host. */
async function statusFor(t: ExecutionContext, {url}: BuiltProxy, host: string, way = openaiUnary) {
  const connection = await rawConnection(t, url);
  const request = rawPost(way.path, way.ask('hi'), ['Connection: close']);
  connection.send(request.replace('Host: localhost', `Host: ${host}`));
  const received = await connection.untilClosed();
  return {status: Number(received.slice(9, 12)), received};
}

for (const host of [
  'localhost',
  'localhost:8090',
  'LOCALHOST:1',
  '127.0.0.1:8090',
  '[::1]:8090',
  '[::1]',
  'retake.localhost:8090',
]) {
  test(`the host ${host} is accepted`, async t => {
    t.is((await statusFor(t, await buildProxy(t, {mode: 'replay'}), host)).status, 400);
  });
}

for (const host of [
  'attacker.example',
  'attacker.example:8090',
  'localhost.attacker.example',
  '127.0.0.1.nip.io',
  'xlocalhost',
  '192.168.1.7:8090',
  '[::2]:8090',
]) {
  test(`the host ${host} is refused, in the format of the requested API`, async t => {
    const proxy = await liveProxy(t);
    for (const way of ways) {
      const {status, received} = await statusFor(t, proxy, host, way);
      t.is(status, 403);
      t.regex(received, way.api === 'gemini' ? /"status":"PERMISSION_DENIED"/ : /"type":"permission_error"/);
      t.regex(
        received,
        /Requests to the host .* are not allowed.*the option `allowedHosts` \(--allowed-hosts\)/s,
      );
    }
    t.is(proxy.upstream.requests.length, 0);
    const health = await rawConnection(t, proxy.url);
    health.send(`GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    t.regex(await health.untilClosed(), /^HTTP\/1\.1 403 /);
  });
}

for (const [name, head] of [
  ['a second Host header', 'GET /v1/models HTTP/1.1\r\nHost: localhost\r\nHost: attacker.example'],
  ['a Host header sent twice', 'GET /v1/models HTTP/1.1\r\nHost: localhost\r\nhost: localhost'],
  ['a foreign host in the target', 'GET http://attacker.example/v1/models HTTP/1.1\r\nHost: localhost'],
  [
    'a foreign user in the target',
    'GET http://localhost@attacker.example/v1/models HTTP/1.1\r\nHost: localhost',
  ],
  ['another scheme in the target', 'GET wss://attacker.example/v1/models HTTP/1.1\r\nHost: localhost'],
  ['a foreign host in both', 'GET http://attacker.example/health HTTP/1.1\r\nHost: attacker.example'],
] as const) {
  test(`${name} is a 403`, async t => {
    const {url} = await buildProxy(t, {mode: 'replay'});
    const connection = await rawConnection(t, url);
    connection.send(`${head}\r\nConnection: close\r\n\r\n`);
    t.regex(await connection.untilClosed(), /^HTTP\/1\.1 403 .*"code":"forbidden_host"/s);
  });
}

test('an absolute target that names our host is served like its path', async t => {
  const {url} = await buildProxy(t, {mode: 'replay'});
  for (const target of [
    'http://localhost:8090/v1/models',
    'HTTP://127.0.0.1/v1/models',
    'http://localhost/health',
  ]) {
    const connection = await rawConnection(t, url);
    connection.send(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    t.regex(await connection.untilClosed(), /^HTTP\/1\.1 200 /, target);
  }
});

test('hosts can be allowed, one by one or all', async t => {
  const some = await buildProxy(t, {mode: 'replay', allowedHosts: ['retake', 'models.internal']});
  t.is((await statusFor(t, some, 'retake:8090')).status, 400);
  t.is((await statusFor(t, some, 'Models.Internal')).status, 400);
  t.is((await statusFor(t, some, 'other')).status, 403);
  t.is((await statusFor(t, some, 'localhost')).status, 400);
  const all = await buildProxy(t, {mode: 'replay', allowedHosts: ['*']});
  t.is((await statusFor(t, all, 'anything.example')).status, 400);
});

test('no answer has a CORS header unless an origin is allowed', async t => {
  const {url, post} = await liveProxy(t);
  const corsOf = (response: Response) =>
    [...response.headers.keys()].filter(name => name.startsWith('access-control-'));
  t.deepEqual(corsOf(await post(openaiUnary.path, openaiUnary.ask('hi'))), []);
  for (const origin of ['https://attacker.example', 'null', 'http://localhost:1', 'http://127.0.0.1']) {
    const response = await post(openaiUnary.path, openaiUnary.ask('hi'), {origin});
    t.is(response.status, 403, origin);
    t.regex(
      await response.text(),
      /Requests from the origin .* are not allowed.*the option `corsOrigins` \(--cors-origins\)/s,
    );
    t.deepEqual(corsOf(response), []);
    const preflight = await fetch(url + openaiUnary.path, {method: 'OPTIONS', headers: {origin}});
    t.is(preflight.status, 403);
    t.deepEqual(corsOf(preflight), []);
  }
});

test('pages of an allowed origin may send requests, and read errors too', async t => {
  const origin = 'https://app.example';
  const {url, post} = await liveProxy(t, {corsOrigins: [origin]});
  for (const mode of ['auto', 'auto', 'auto', 'passthrough', 'rewind']) {
    for (const way of ways) {
      const response = await post(way.path, way.ask('hi'), {origin, 'x-retake-mode': mode});
      await response.text();
      t.is(response.headers.get('access-control-allow-origin'), origin);
      t.regex(response.headers.get('vary') ?? '', /^origin\b/);
    }
  }
  const unknown = await fetch(`${url}/v1/nowhere`, {headers: {origin}});
  t.is(unknown.status, 404);
  t.is(unknown.headers.get('access-control-allow-origin'), origin);
  t.is((await post(openaiUnary.path, openaiUnary.ask('hi'), {origin: 'https://b.example'})).status, 403);

  const preflight = await fetch(url + geminiUnary.path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-goog-api-key,content-type',
    },
  });
  t.is(preflight.status, 204);
  t.is(preflight.headers.get('access-control-allow-origin'), origin);
  t.is(preflight.headers.get('access-control-allow-headers'), 'x-goog-api-key,content-type');
  t.is(preflight.headers.get('access-control-allow-methods'), 'GET, HEAD, POST, PUT, PATCH, DELETE');
  t.is(preflight.headers.get('content-type'), null);
});

test('a page of an allowed origin can upload a file to Gemini, which goes on by PUT', async t => {
  const origin = 'https://app.example';
  const {url} = await buildProxy(t, {mode: 'replay', corsOrigins: [origin]});
  const begun = await fetch(`${url}/upload/v1beta/files`, {
    method: 'POST',
    headers: {
      origin,
      'content-type': 'application/json',
      'x-goog-upload-protocol': 'resumable',
      'x-goog-upload-command': 'start',
      'x-goog-upload-header-content-type': 'text/plain',
    },
    body: '{"file":{}}',
  });
  t.is(begun.status, 200);
  t.is(begun.headers.get('access-control-expose-headers'), '*');
  const address = begun.headers.get('x-goog-upload-url') ?? '';
  const preflight = await fetch(address, {
    method: 'OPTIONS',
    headers: {origin, 'access-control-request-method': 'PUT'},
  });
  t.is(preflight.status, 204);
  t.true(preflight.headers.get('access-control-allow-methods')?.split(', ').includes('PUT'));
  const finished = await fetch(address, {
    method: 'PUT',
    headers: {origin, 'x-goog-upload-command': 'upload, finalize', 'x-goog-upload-offset': '0'},
    body: 'Hello',
  });
  t.is(finished.status, 200);
  t.is(finished.headers.get('access-control-allow-origin'), origin);
  t.like(await finished.json(), {file: {sizeBytes: '5', mimeType: 'text/plain'}});
});

const bodyLimit = 10_000;

for (const way of ways) {
  test(`a body beyond the limit is a 413, with any transfer encoding: ${way.name}`, async t => {
    const {url, post} = await liveProxy(t, {bodyLimit});
    const large = JSON.stringify(way.ask('x'.repeat(bodyLimit)));
    const chunked = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(large));
        controller.close();
      },
    });
    for (const body of [large, chunked]) {
      const response = await fetch(url + way.path, {method: 'POST', body, duplex: 'half'} as RequestInit);
      t.is(response.status, 413);
      const {error} = JSON.parse(await response.text());
      t.regex(
        error.message,
        /larger than the limit of 10000 bytes.*the option `bodyLimit` \(--body-limit\)/s,
      );
      t.is(way.api === 'gemini' ? error.code : error.code, way.api === 'gemini' ? 413 : 'request_too_large');
    }
    t.is((await post(way.path, way.ask('hi'))).status, 200);
    const largest = JSON.stringify(way.ask('hi')).padEnd(bodyLimit, ' ');
    t.is((await post(way.path, largest)).status, 200);
    t.is((await post(way.path, `${largest} `)).status, 413);
  });
}

test('a body with a declared size beyond the limit is refused before it is sent', async t => {
  const {url} = await buildProxy(t, {mode: 'replay', bodyLimit});
  const connection = await rawConnection(t, url);
  connection.send(
    'POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n',
  );
  t.regex(await connection.untilClosed(), /^HTTP\/1\.1 413 .*connection: close/is);
});

test('a body to an unknown route is limited, too', async t => {
  const {url} = await buildProxy(t, {mode: 'replay', bodyLimit});
  for (const method of ['POST', 'PUT', 'PATCH']) {
    const response = await fetch(`${url}/v1/nowhere`, {method, body: 'x'.repeat(bodyLimit + 1)});
    t.is(response.status, 413, method);
  }
});

test('headers beyond 16 KiB are a 431', async t => {
  const {url} = await buildProxy(t, {mode: 'replay'});
  const connection = await rawConnection(t, url);
  connection.send(`GET /health HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(17_000)}\r\n\r\n`);
  const received = await connection.untilClosed();
  t.regex(received, /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
  t.regex(received, /\r\n\r\n\{"error":\{"code":"headers_too_large","message":".*larger than 16 KiB"\}\}$/);
});

const stalling: readonly (readonly [string, string])[] = [
  ['sends nothing', ''],
  ['stops in the head', 'POST /v1/chat/completions HTTP/1.1\r\nHost: local'],
  [
    'stops in the body',
    'POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"model":',
  ],
  [
    'stops in a chunk',
    'POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"m',
  ],
];

for (const [name, bytes] of stalling) {
  test(`a client that ${name} is disconnected`, async t => {
    const {url, post} = await buildProxy(t, {mode: 'replay', requestTimeout: 300});
    const connection = await rawConnection(t, url);
    if (bytes) connection.send(bytes);
    const received = await connection.untilClosed();
    if (bytes)
      t.regex(received, /^HTTP\/1\.1 408 Request Timeout\r\n.*\{"error":\{"code":"request_timeout",/s);
    t.is((await post(openaiUnary.path, openaiUnary.ask('hi'))).status, 400);
  });
}

for (const [name, bytes] of [
  ['no HTTP', 'hello?\r\n\r\n'],
  ['another protocol', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['an unknown HTTP version', 'POST / HTTP/9.9\r\nHost: localhost\r\n\r\n'],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  [
    'a length and chunks',
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  [
    'a broken chunk',
    'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n',
  ],
  ['a negative length', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n'],
  ['a header without a name', 'POST / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n'],
  ['no Host', 'POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'],
] as const) {
  test(`${name} is a 400, and the server keeps running`, async t => {
    const {url, post} = await buildProxy(t, {mode: 'replay'});
    const connection = await rawConnection(t, url);
    connection.send(Buffer.from(bytes, 'latin1'));
    const received = await connection.untilClosed();
    t.regex(received, /^HTTP\/1\.1 400 Bad Request\r\n/);
    if (name !== 'no Host')
      t.regex(received, /\r\n\r\n\{"error":\{"code":"invalid_request","message":"[^"]+"\}\}$/);
    t.is((await post(openaiUnary.path, openaiUnary.ask('hi'))).status, 400);
  });
}

test('invalid HTTP that is sent during an answer does not get into the answer', async t => {
  const {url, upstream} = await liveProxy(t, {
    finishTimeout: 300,
    script: async exchange => {
      await exchange.event({choices: [{index: 0, delta: {content: 'Hello'}}]});
    },
  });
  const connection = await rawConnection(t, url);
  connection.send(rawPost(openaiStream.path, openaiStream.ask('hi')));
  await connection.untilReceived(/Hello/);
  connection.send('this is no HTTP\r\n\r\n');
  const received = await connection.untilClosed();
  t.is(received.split('HTTP/1.1').length, 2, received);
  t.false(received.includes('\r\n0\r\n\r\n'));
  await upstream.untilAborted(1);
});

for (const way of ways) {
  test(`an encoded body is decoded: ${way.name}`, async t => {
    const {url} = await liveProxy(t);
    const body = JSON.stringify(way.ask('hi'));
    const send = (encoding: string, bytes: Uint8Array) =>
      fetch(url + way.path, {
        method: 'POST',
        headers: {'content-type': 'application/json', 'content-encoding': encoding},
        body: bytes,
      });
    const plain = await send('identity', Buffer.from(body));
    const key = plain.headers.get('x-retake-key');
    t.truthy(key, await plain.text());
    const encoded = {
      gzip: gzipSync(body),
      'X-GZIP': gzipSync(body),
      deflate: deflateSync(body),
      br: brotliCompressSync(body),
      'gzip, br': brotliCompressSync(gzipSync(body)),
    };
    for (const [encoding, bytes] of Object.entries(encoded)) {
      const response = await send(encoding, bytes);
      t.is(response.status, 200, `${encoding}: ${await response.text()}`);
      t.is(response.headers.get('x-retake-key'), key);
    }
    const broken = await send('gzip', gzipSync(body).subarray(0, 20));
    t.is(broken.status, 400);
    t.regex(await broken.text(), /not valid gzip/);
    const unknown = await send('compress', Buffer.from(body));
    t.is(unknown.status, 415);
    t.regex(await unknown.text(), /Expected the content-encoding to be one of gzip/);
  });
}

test('a body that decompresses to more than the limit is a 413, and is not decompressed further', async t => {
  const {url, post} = await buildProxy(t, {mode: 'replay', bodyLimit: 100_000});
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
  t.true(bomb.length < 100_000);
  const response = await fetch(url + openaiUnary.path, {
    method: 'POST',
    headers: {'content-encoding': 'gzip'},
    body: bomb,
  });
  t.is(response.status, 413);
  t.regex(await response.text(), /larger than the limit of 100000 bytes/);
  t.is((await post(openaiUnary.path, openaiUnary.ask('hi'))).status, 400);
});

test('a JSON body is read whatever its declared type', async t => {
  const {url} = await liveProxy(t);
  for (const type of ['application/json; charset=utf-8', 'text/plain', 'application/octet-stream']) {
    for (const way of ways) {
      const response = await fetch(url + way.path, {
        method: 'POST',
        headers: {'content-type': type},
        body: new TextEncoder().encode(JSON.stringify(way.ask('hi'))),
      });
      t.is(response.status, 200, type);
      await response.text();
    }
  }
  const untyped = await rawConnection(t, url);
  untyped.send(
    rawPost(openaiUnary.path, openaiUnary.ask('hi'), ['Connection: close']).replace(
      /Content-Type: .*\r\n/,
      '',
    ),
  );
  t.regex(await untyped.untilClosed(), /^HTTP\/1\.1 200 /);
});

for (const way of ways) {
  test(`an invalid content type is a 415: ${way.name}`, async t => {
    const {post} = await liveProxy(t);
    for (const type of ['no type', ';', 'application/', '\u00ff']) {
      const response = await post(way.path, way.ask('hi'), {'content-type': type});
      t.is(response.status, 415);
      t.regex(await response.text(), /Expected the content-type to be a media type, got \\"/);
    }
  });
}

test('no credential of a client is sent upstream, logged or stored', async t => {
  const secret = 'hunter2-correct-horse';
  const notes: unknown[] = [];
  const {post, proxy, cassette, upstream} = await liveProxy(t, {
    onExchange: exchange => notes.push(exchange),
    onNotice: notice => notes.push(notice),
  });
  const headers = {
    authorization: `Bearer ${secret}`,
    'proxy-authorization': `Basic ${secret}`,
    'x-goog-api-key': secret,
    'x-api-key': secret,
    'api-key': secret,
    'openai-organization': secret,
    cookie: `session=${secret}`,
    'x-custom': secret,
  };
  const answers: string[] = [];
  const ask = async (path: string, body: unknown) => {
    const url = `${path}${path.includes('?') ? '&' : '?'}key=${secret}&access_token=${secret}`;
    const response = await post(url, body, headers);
    answers.push(JSON.stringify([...response.headers]) + (await response.text()));
  };
  const askAll = async () => {
    for (const way of ways) {
      await ask(way.path, way.ask(way.name));
      await ask(way.path, 'no JSON');
    }
    await ask('/v1/nowhere', {});
  };
  await askAll();
  await askAll();
  const sidecars = join(dirname(cassette), '.retake');
  const files = await readdir(sidecars);
  t.true(files.some(name => name.includes('.session')));
  for (const name of files) t.false((await readFile(join(sidecars, name))).includes(secret), name);
  upstream.follow(failing(500, {error: {message: 'no'}}));
  await ask(openaiUnary.path, openaiUnary.ask('another'));
  const verdict = await proxy.verdict();
  await proxy.close();

  t.false((await readFile(cassette)).includes(secret));
  t.is(notes.length, 23);
  t.false(JSON.stringify([notes, verdict, answers]).includes(secret));
  t.false(JSON.stringify([upstream.requests, upstream.paths]).includes(secret));
});
