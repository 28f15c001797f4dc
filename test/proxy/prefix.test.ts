import test from 'ava';
import fc from 'fast-check';
import {findAddress} from '../../src/dialects/dispatch.js';
import {builtInDialects} from '../../src/dialects/registry.js';
import {rawConnection} from '../http/raw-connection.js';
import {buildProxy} from '../support/build-proxy.js';
import {noSend} from '../support/dialects.js';

const dialects = builtInDialects.map(({create}) =>
  create({now: () => 0, localModel: () => undefined, send: noSend}),
);

function addressOf(url: string) {
  return findAddress(dialects, {method: 'POST', url, headers: {}});
}

const text = fc.string({unit: 'grapheme', minLength: 1, maxLength: 40}).filter(value => !/[;/]/.test(value));
const path = fc.constantFrom(
  '/v1/chat/completions',
  '/v1/messages',
  '/v1beta/models/gemini-2.5-flash:generateContent',
);

test('a base URL names the cassette and the session, and leaves the path as it is', t => {
  fc.assert(
    fc.property(text, text, path, (cassette, session, rest) => {
      const prefix = `/@${encodeURIComponent(cassette)};session=${encodeURIComponent(session)}`;
      const address = addressOf(prefix + rest);
      t.like(address, {cassette, session, path: rest, prefix, refusal: undefined});
      t.like(addressOf(prefix + prefix + rest), {cassette, session, path: rest}, 'the Java SDK of Gemini');
      t.like(addressOf(address.prefix + rest), {cassette, session, path: rest});
    }),
  );
});

test('without a cassette, the session alone is named', t => {
  t.like(addressOf('/@;session=a/v1/messages'), {cassette: undefined, session: 'a', refusal: undefined});
  t.like(addressOf('/@a/v1/messages'), {cassette: 'a', session: undefined, prefix: '/@a'});
  t.like(addressOf('/v1/messages'), {cassette: undefined, session: undefined, prefix: undefined});
});

test('probes are answered whatever the host, and nothing else is', async t => {
  const {url} = await buildProxy(t, {mode: 'replay'});
  const statusOf = async (request: string) => {
    const connection = await rawConnection(t, url);
    connection.send(`${request} HTTP/1.1\r\nHost: 10.1.2.3:8090\r\nConnection: close\r\n\r\n`);
    return Number((await connection.untilClosed()).slice(9, 12));
  };
  t.is(await statusOf('GET /healthz'), 200);
  t.is(await statusOf('HEAD /readyz'), 200);
  t.is(await statusOf('GET /readyz?verbose'), 200);
  for (const request of [
    'GET /health',
    'GET /metrics',
    'POST /healthz',
    'GET /healthz/../_retake/v1/status',
    'GET /_retake/v1/status',
    'GET /v1/models',
  ]) {
    t.is(await statusOf(request), 403, request);
  }
});
