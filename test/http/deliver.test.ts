import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {fastify} from 'fastify';
import type {AnswerChunk} from '../../src/chat/chunk.js';
import {deliver} from '../../src/http/deliver.js';
import type {Delivery} from '../../src/http/delivery.js';
import {openai, questionEndpoint} from '../support/dialects.js';
import {rawConnection} from './raw-connection.js';

const pieceLength = 64 * 1024;
/** Far more than the buffers between a server and a client that does not read. */
const tooManyPieces = 4096;

test('a client that does not read pauses its stream, and reading resumes it', async t => {
  const {url, pulled} = await endlessStream(t);
  const {socket, send} = await rawConnection(t, url);
  send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  socket.pause();
  const held = await untilSteady(pulled);
  t.true(held < tooManyPieces, `${held} pieces were taken for a client that reads nothing`);

  socket.resume();
  while (pulled() < held + 100) await sleep(5);
  socket.pause();
  t.pass();
});

test('a client that disconnects ends its paused stream', async t => {
  const {url, pulled, ended} = await endlessStream(t);
  const {socket, send} = await rawConnection(t, url);
  send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  socket.pause();
  await untilSteady(pulled);
  socket.destroy();
  t.is(await ended, 'client_closed');
});

test('a client that reads nothing for a while is disconnected', async t => {
  const {url, ended} = await endlessStream(t, {stallTimeout: 300});
  const {socket, send} = await rawConnection(t, url);
  send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  socket.pause();
  t.is(await ended, 'client_closed');
  t.false(socket.destroyed, 'the client did not leave by itself');
});

test('a long answer that could be sent whole waits for its client, too, and arrives complete', async t => {
  const {url, pulled, ended} = await endlessStream(t, {isWhole: () => true});
  const response = await fetch(url, {headers: {'accept-encoding': 'identity'}});
  const held = await untilSteady(pulled);
  t.true(held < tooManyPieces, `${held} pieces were taken for a client that reads nothing`);
  let length = 0;
  for await (const bytes of response.body ?? []) length += bytes.length;
  t.is(await ended, undefined);
  t.true(length > tooManyPieces * pieceLength);
});

/** A server that sends an endless answer. */
async function endlessStream(
  t: ExecutionContext,
  options: Partial<Delivery> = {},
): Promise<{url: string; pulled(): number; ended: Promise<string | undefined>}> {
  let pulled = 0;
  async function* chunks(): AsyncGenerator<AnswerChunk> {
    yield {type: 'reply-start', answeredBy: {model: 'm'}};
    for (;;) {
      // An asynchronous source: other work runs between its pieces.
      await new Promise(resolve => setImmediate(resolve));
      if (++pulled > tooManyPieces) break;
      yield {type: 'text-delta', candidate: 0, text: 'x'.repeat(pieceLength)};
    }
    yield {type: 'reply-end', finish: [{unified: 'stop', raw: 'stop'}]};
  }
  const body = {model: 'm', messages: [{role: 'user', content: 'hi'}], stream: true};
  const endpoint = questionEndpoint(openai.endpoints['chatCompletions']);
  const decoded = endpoint.decodeRequest({
    params: {},
    query: new URLSearchParams(),
    headers: {},
    path: '/',
    body,
  });
  let end = (_code: string | undefined) => {};
  const ended = new Promise<string | undefined>(resolve => {
    end = resolve;
  });
  const app = fastify();
  app.get('/', async (_request, reply) => {
    const closing = new AbortController();
    reply.raw.once('close', () => closing.abort());
    const {error} = await deliver({
      answer: decoded.answer,
      form: {dialect: 'openai', endpoint: 'chatCompletions', delivery: 'stream'},
      base: '',
      chunks: chunks(),
      reply,
      signal: closing.signal,
      identity: () => ({id: '0'.repeat(24), createdAt: 0}),
      headers: () => ({}),
      isWhole: () => false,
      due: () => undefined,
      whole: () => undefined,
      ...options,
    });
    end(error?.code);
  });
  const url = await app.listen({port: 0, host: '127.0.0.1'});
  t.teardown(() => {
    app.server.closeAllConnections();
    return app.close();
  });
  return {url, pulled: () => pulled, ended};
}

/** The count at which it stays for a while. */
async function untilSteady(count: () => number): Promise<number> {
  let last = 0;
  for (let same = 0; same < 10; ) {
    await sleep(20);
    same = count() > 0 && count() === last ? same + 1 : 0;
    last = count();
  }
  return last;
}
