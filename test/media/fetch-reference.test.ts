import {once} from 'node:events';
import type {RequestListener} from 'node:http';
import {gzipSync} from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import {type ErrorCode, RetakeError} from '../../src/errors.js';
import {rawServer} from '../support/raw-server.js';
import {fetcherWith, webServer} from './web-server.js';

async function refusalOf(
  t: ExecutionContext,
  fetching: Promise<unknown>,
  code: ErrorCode = 'invalid_request',
) {
  const error = await t.throwsAsync(fetching, {instanceOf: RetakeError});
  t.is(error.code, code);
  t.is(error.field, undefined);
  return error;
}

/** Fetches from an allowed server on loopback. */
async function fetchFrom(
  t: ExecutionContext,
  listener: RequestListener,
  options: {maxBytes?: number; timeout?: number} = {},
) {
  const {port} = await webServer(t, listener);
  const {fetch} = fetcherWith({allowedHosts: ['127.0.0.1'], ...options});
  return fetch(`http://127.0.0.1:${port}/file?signature=secret`);
}

test('bytes and their type are fetched over https from an allowed host', async t => {
  const {port, certificate} = await webServer(
    t,
    (_request, response) => {
      response.writeHead(200, {'content-type': 'text/csv; charset=latin1'}).end('a,b');
    },
    {names: ['files.test']},
  );
  const {fetch} = fetcherWith({
    allowedHosts: ['files.test'],
    names: {'files.test': ['127.0.0.1']},
    authorities: [certificate],
  });
  const {bytes, mediaType} = await fetch(`https://files.test:${port}/data.csv`);
  t.deepEqual([Buffer.from(bytes).toString(), mediaType], ['a,b', 'text/csv; charset=latin1']);
});

test('a server with an invalid certificate is not read', async t => {
  const {port, certificate} = await webServer(t, (_request, response) => response.end('x'), {
    names: ['other.test'],
  });
  const names = {'files.test': ['127.0.0.1']};
  for (const authorities of [[certificate], []]) {
    const {fetch} = fetcherWith({allowedHosts: ['files.test'], names, authorities});
    const {message} = await refusalOf(t, fetch(`https://files.test:${port}/`));
    t.regex(
      message,
      /the request to its server failed \((ERR_TLS_CERT_ALTNAME_INVALID|DEPTH_ZERO_SELF_SIGNED_CERT)\)/,
    );
  }
});

test('a request reveals nothing about the client', async t => {
  const {bytes} = await fetchFrom(t, (request, response) => {
    response.writeHead(200, {'set-cookie': 'a=b'}).end(JSON.stringify(request.headers));
  });
  const {host, connection, ...headers} = JSON.parse(Buffer.from(bytes).toString());
  t.deepEqual(headers, {accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'retake'});
  t.regex(host, /^127\.0\.0\.1:\d+$/);
});

for (const status of [301, 302, 303, 307, 308]) {
  test(`a redirect with ${status} is followed`, async t => {
    const {bytes} = await fetchFrom(t, (request, response) => {
      if (request.url === '/there') response.end('found');
      else response.writeHead(status, {location: '/there', 'content-length': 4}).end('away');
    });
    t.is(Buffer.from(bytes).toString(), 'found');
  });
}

test('the number of redirects is limited', async t => {
  let requests = 0;
  const fetching = fetchFrom(t, (_request, response) => {
    requests++;
    response.writeHead(302, {location: `/${requests}`}).end();
  });
  t.regex((await refusalOf(t, fetching)).message, /redirects more than 5 times$/);
  t.is(requests, 6);
});

for (const [target, problem] of Object.entries({
  'http://169.254.169.254/latest/meta-data/': /Expected an https URL/,
  'https://169.254.169.254/latest/meta-data/': /has no public address/,
  'https://[::1]/': /has no public address/,
  'https://inside.test/': /has no public address/,
  'https://93.184.216.34:8443/': /at port 443/,
  'file:///etc/passwd': /begins with `file:`/,
  'https://user:password@example.com/': /without a user name and password/,
})) {
  test(`a redirect to ${target} is refused`, async t => {
    const {port} = await webServer(t, (_request, response) =>
      response.writeHead(302, {location: target}).end(),
    );
    const {fetch} = fetcherWith({allowedHosts: ['127.0.0.1'], names: {'inside.test': ['10.0.0.7']}});
    t.regex((await refusalOf(t, fetch(`http://127.0.0.1:${port}/`))).message, problem);
  });
}

test('an allowed port allows no other port of its host', async t => {
  const closed = await webServer(t, (_request, response) => response.end('secret'));
  const open = await webServer(t, (_request, response) =>
    response.writeHead(302, {location: `http://127.0.0.1:${closed.port}/`}).end(),
  );
  const {fetch} = fetcherWith({allowedHosts: [`127.0.0.1:${open.port}`]});
  await refusalOf(t, fetch(`http://127.0.0.1:${open.port}/`));
});

test('a name with a private address among its addresses is refused without connecting', async t => {
  let requests = 0;
  await webServer(t, (_request, response) => {
    requests++;
    response.end();
  });
  const {fetch, asked} = fetcherWith({names: {'rebind.test': ['93.184.216.34', '127.0.0.1']}});
  t.regex((await refusalOf(t, fetch('https://rebind.test/'))).message, /has no public address/);
  t.deepEqual([requests, asked], [0, ['rebind.test']]);
});

test('a name is looked up once, and the connection uses the checked address', async t => {
  const {port} = await webServer(t, (_request, response) => response.end('first'));
  const answers = [['127.0.0.1'], ['127.0.0.2']];
  let lookups = 0;
  const {fetch} = fetcherWith({
    allowedHosts: ['changing.test'],
    resolve: async () => answers[lookups++] ?? [],
  });
  t.is(Buffer.from((await fetch(`http://changing.test:${port}/`)).bytes).toString(), 'first');
  t.is(lookups, 1);
});

test('a private name and an unknown name are refused with the same message', async t => {
  const {fetch} = fetcherWith({names: {'a.test': ['192.168.1.1'], 'b.test': []}});
  for (const name of ['a.test', 'b.test', 'c.test']) {
    const {message, hint} = await refusalOf(t, fetch(`https://${name}/x`));
    t.is(message, `Cannot fetch \`https://${name}/x\`: its host has no public address`);
    t.is(hint, `To allow it, add \`${name}\` to the option \`media.allowedHosts\`.`);
  }
});

const notPublic = [
  ['127.0.0.1', 'loopback'],
  ['0x7f.1', 'hexadecimal'],
  ['2130706433', 'one number'],
  ['0177.0.0.1', 'octal'],
  ['127.1', 'short'],
  ['127.0.0.1.', 'with a dot at its end'],
  ['0.0.0.0', 'unspecified'],
  ['10.1.2.3', 'private'],
  ['172.16.0.1', 'private'],
  ['192.168.0.1', 'private'],
  ['100.64.0.1', 'shared by a provider'],
  ['100.100.100.200', 'metadata of Alibaba'],
  ['169.254.169.254', 'metadata'],
  ['168.63.129.16', 'metadata of Azure'],
  ['192.0.0.192', 'metadata of Oracle'],
  ['198.18.0.1', 'for benchmarks'],
  ['224.0.0.1', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['[::]', 'unspecified'],
  ['[::1]', 'loopback'],
  ['[fe80::1]', 'link-local'],
  ['[fd00:ec2::254]', 'metadata of AWS'],
  ['[fec0::1]', 'site-local'],
  ['[ff02::1]', 'multicast'],
  ['[::ffff:127.0.0.1]', 'IPv4-mapped'],
  ['[::ffff:8.8.8.8]', 'IPv4-mapped'],
  ['[::127.0.0.1]', 'IPv4-compatible'],
  ['[::8.8.8.8]', 'IPv4-compatible'],
  ['[64:ff9b::a00:1]', 'translated'],
  ['[64:ff9b:1::a00:1]', 'translated'],
  ['[2002:7f00:1::]', '6to4'],
  ['[2001::7f00:1]', 'Teredo'],
  ['[2001:db8::1]', 'for documentation'],
  ['[5f00::1]', 'of segment routing'],
  ['[4000::1]', 'of no use yet'],
] as const;

for (const [host, kind] of notPublic) {
  test(`nothing is fetched from ${host} (${kind})`, async t => {
    const {fetch, asked} = fetcherWith({});
    t.regex((await refusalOf(t, fetch(`https://${host}/`))).message, /its host has no public address$/);
    const name = {'name.test': [host.replace(/^\[|\]$/g, '')]};
    t.regex(
      (await refusalOf(t, fetcherWith({names: name}).fetch('https://name.test/'))).message,
      /no public address$/,
    );
    t.deepEqual(asked, []);
  });
}

const refuses = test.macro({
  async exec(t, url: string, message: RegExp, code: ErrorCode = 'invalid_request') {
    const {fetch, asked} = fetcherWith({});
    t.regex((await refusalOf(t, fetch(url), code)).message, message);
    t.deepEqual(asked, []);
  },
  title: (_title, url) => `${url} is refused`,
});

test(refuses, 'http://example.com/a.png', /^Expected an https URL, got `http:\/\/example.com\/a.png`$/);
test(refuses, 'https://example.com:8443/', /^Expected an https URL at port 443/);
test(refuses, 'https://a:b@example.com/', /^Expected a URL without a user name and password/);
test(refuses, 'gs://bucket/a.pdf', /^Cannot read from Google Cloud Storage/, 'not_supported');
test(refuses, 'https://www.youtube.com/watch?v=1', /^Cannot read videos from YouTube$/, 'not_supported');
test(refuses, 'https://youtu.be/1', /^Cannot read videos from YouTube$/, 'not_supported');
test(refuses, 'ftp://example.com/a.png', /got one that begins with `ftp:`$/);
test(refuses, 'file:///etc/passwd', /got one that begins with `file:`$/);
test(refuses, 'javascript:alert(1)', /got one that begins with `javascript:`$/);
test(refuses, 'a.png', /^Expected an https URL, got `a.png`$/);

test('a name that only resembles YouTube’s is not YouTube', async t => {
  const {fetch} = fetcherWith({});
  t.regex((await refusalOf(t, fetch('https://notyoutube.com/'))).message, /no public address/);
});

test('an endless body is aborted at the limit', async t => {
  const chunk = Buffer.alloc(64 * 1024);
  const fetching = fetchFrom(
    t,
    (_request, response) => {
      const send = () => {
        while (!response.destroyed && response.write(chunk));
        response.once('drain', send);
      };
      send();
    },
    {maxBytes: 1 << 20},
  );
  t.regex((await refusalOf(t, fetching)).message, /it is larger than 1048576 bytes, which is the limit$/);
});

test('a body with a declared size above the limit is not read', async t => {
  const fetching = fetchFrom(
    t,
    (_request, response) => {
      response.writeHead(200, {'content-length': 2_000_000}).flushHeaders();
    },
    {maxBytes: 1_000_000},
  );
  t.regex((await refusalOf(t, fetching)).message, /larger than 1000000 bytes/);
});

test('a body exactly at the limit is read', async t => {
  const {bytes} = await fetchFrom(t, (_request, response) => response.end(Buffer.alloc(1000, 7)), {
    maxBytes: 1000,
  });
  t.is(bytes.length, 1000);
});

test('a slow body is aborted', async t => {
  const fetching = fetchFrom(
    t,
    (_request, response) => {
      const drops = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(drops));
    },
    {timeout: 500},
  );
  const {message} = await refusalOf(t, fetching);
  t.regex(message, /^Cannot fetch `http:\/\/127\.0\.0\.1:\d+\/file`: it takes longer than 0.5 seconds$/);
});

test('a server that does not answer is a timeout', async t => {
  const fetching = fetchFrom(t, () => {}, {timeout: 300});
  t.regex((await refusalOf(t, fetching)).message, /longer than 0.3 seconds/);
});

test('a compressed body is refused, because none was requested', async t => {
  const bomb = gzipSync(Buffer.alloc(10 << 20));
  const fetching = fetchFrom(t, (_request, response) => {
    response.writeHead(200, {'content-encoding': 'gzip'}).end(bomb);
  });
  t.regex(
    (await refusalOf(t, fetching)).message,
    /its server sends it compressed \(gzip\), which was not requested$/,
  );
});

for (const [lie, answer] of Object.entries({
  'shorter than announced': 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort',
  'cut off within a chunk': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nshort',
  'not HTTP': 'SSH-2.0-OpenSSH_9.2\r\n',
  nothing: '',
})) {
  test(`an answer that is ${lie} is refused`, async t => {
    const url = await rawServer(t, socket => socket.once('data', () => socket.end(answer)));
    const {fetch} = fetcherWith({allowedHosts: ['127.0.0.1']});
    t.regex(
      (await refusalOf(t, fetch(url))).message,
      /its server (closed the connection|does not answer in HTTP)/,
    );
  });
}

test('a missing file is reported with its status, and without its query', async t => {
  const fetching = fetchFrom(t, (_request, response) => response.writeHead(404).end('secret'));
  const {message} = await refusalOf(t, fetching);
  t.regex(message, /^Cannot fetch `http:\/\/127\.0\.0\.1:\d+\/file`: its server answers 404$/);
});

test('an unreachable server is reported', async t => {
  const {fetch} = fetcherWith({allowedHosts: ['127.0.0.1']});
  t.regex((await refusalOf(t, fetch('http://127.0.0.1:1/'))).message, /its server refuses connections$/);
});

test('a fetch ends with the reason when its client disconnects', async t => {
  const controller = new AbortController();
  const {port} = await webServer(t, request => {
    request.on('close', () => {});
    controller.abort(new Error('gone'));
  });
  const {fetch} = fetcherWith({allowedHosts: ['127.0.0.1']});
  await t.throwsAsync(fetch(`http://127.0.0.1:${port}/`, controller.signal), {message: 'gone'});
});

test('the connection of an aborted fetch is closed', async t => {
  let closed: Promise<unknown> | undefined;
  await fetchFrom(t, (request, response) => {
    closed = once(request.socket, 'close');
    response.end('x');
  });
  t.truthy(closed);
  await closed;
});
