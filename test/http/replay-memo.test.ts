import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import test, {type ExecutionContext} from 'ava';
import {createPlayhead} from '../../src/cassette/replay/playhead.js';
import {builtInDialects} from '../../src/dialects/registry.js';
import {readBody} from '../../src/http/read-body.js';
import {createReplayMemo, type Replay} from '../../src/http/replay-memo.js';
import {createMemoryStore, openMemoryCassette} from '../support/memory-cassette.js';
import {keyOf, recordingOf} from '../support/recordings.js';

type Asked = {readonly question: string; readonly path?: string; readonly headers?: Record<string, string>};

/** A server that answers from the memo if it can; other answers are created and remembered. */
async function memoServer(t: ExecutionContext, {limit, length = 10}: {limit?: number; length?: number} = {}) {
  const store = createMemoryStore();
  const cassette = openMemoryCassette(store, {writable: true});
  const playhead = createPlayhead();
  const memo = createReplayMemo({playhead, dialects: builtInDialects, limit});
  const replays: Replay[] = [];
  let made = 0;
  const server = createServer(async (request, response) => {
    const {body} = await readBody(request, 1_000_000);
    const fingerprint = memo.accepts(request) ? memo.identify(request, body) : undefined;
    const replay = fingerprint && memo.answer(fingerprint, response);
    if (replay) {
      replays.push(replay);
      return;
    }
    made++;
    const question = body.toString();
    const key = keyOf(question);
    const take = Math.min(playhead.advance({session: '', cassette: cassette.name, key}), 1);
    const sent = {status: 200, headers: ['x-take', String(take)], body: `${question} ${take}`.padEnd(length)};
    response.writeHead(sent.status, sent.headers).end(sent.body);
    const {revision} = cassette;
    const announcement = {
      outcome: 'hit',
      key,
      cassette,
      revision,
      recordedAt: 0,
      take,
      takeCount: 2,
    } as const;
    if (fingerprint)
      memo.store(fingerprint, {
        ...{session: '', path: '/', dialect: 'openai', model: undefined, warnings: [], announcement, sent},
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    cassette,
    replays,
    made: () => made,
    async ask({question, path = '/', headers = {}}: Asked): Promise<string> {
      const response = await fetch(url + path, {method: 'POST', body: question, headers});
      const text = await response.text();
      t.is(response.headers.get('x-take'), text.trim().split(' ').at(-1) ?? '');
      return text.trim();
    },
  };
}

test('each take is encoded once and then served from the memo in turn', async t => {
  const server = await memoServer(t);
  const texts: string[] = [];
  for (let asking = 0; asking < 5; asking++) texts.push(await server.ask({question: 'hi'}));
  t.deepEqual(texts, ['hi 0', 'hi 1', 'hi 1', 'hi 1', 'hi 1']);
  t.is(server.made(), 2);
});

test('a long body is served from the memo once it was asked again, and never for one that differs in the middle', async t => {
  const server = await memoServer(t);
  const long = (middle: string) => `${'a'.repeat(60_000)}${middle}${'b'.repeat(60_000)}`;
  const texts: string[] = [];
  for (let asking = 0; asking < 5; asking++) texts.push(await server.ask({question: long('X')}));
  const takeOf = (text: string) => text.split(' ').at(-1);
  t.deepEqual(texts.map(takeOf), ['0', '1', '1', '1', '1']);
  t.is(server.made(), 2);
  for (let asking = 0; asking < 3; asking++) t.true((await server.ask({question: long('Y')})).includes('Y'));
  t.true((await server.ask({question: long('X')})).includes('X'));
});

test('a different path, body or relevant header is a different request', async t => {
  const server = await memoServer(t);
  const asked: readonly Asked[] = [
    {question: 'hi'},
    {question: 'hi '},
    {question: 'hi', path: '/?alt=sse'},
    {question: 'hi', headers: {'x-retake-session': 'a'}},
    {question: 'hi', headers: {'x-retake-mode': 'replay'}},
    {question: 'hi', headers: {'x-retake-cassette': 'c'}},
    {question: 'hi', headers: {'x-goog-api-key': 'k'}},
    {question: 'hi', headers: {'anthropic-version': '1'}},
    {question: 'hi', headers: {'content-type': 'text/html'}},
  ];
  for (const one of asked) await server.ask(one);
  t.is(server.made(), asked.length);
});

test('credentials and other headers do not matter', async t => {
  const server = await memoServer(t);
  for (let asking = 0; asking < 2; asking++) await server.ask({question: 'hi'});
  for (const name of ['authorization', 'cookie', 'user-agent', 'x-stainless-retry-count']) {
    await server.ask({question: 'hi', headers: {[name]: 'x'}});
  }
  t.is(server.made(), 2);
});

test('requests of a browser page are not remembered', async t => {
  const server = await memoServer(t);
  for (let asking = 0; asking < 4; asking++) {
    await server.ask({question: 'hi', headers: {origin: 'https://app.example'}});
  }
  t.is(server.made(), 4);
});

test('a changed cassette invalidates its remembered answers', async t => {
  const server = await memoServer(t);
  for (let asking = 0; asking < 3; asking++) await server.ask({question: 'hi'});
  t.is(server.made(), 2);
  await server.cassette.add(recordingOf('other', 'one'));
  await server.cassette.add(recordingOf('other', 'two'));
  await server.ask({question: 'hi'});
  t.is(server.made(), 3);
});

test('the memo keeps the most recent answers within its limit', async t => {
  const limit = 100_000;
  const length = 5_000;
  const server = await memoServer(t, {limit, length});
  const questions = Array.from({length: 60}, (_, index) => `question ${index}`);
  for (const question of questions) {
    await server.ask({question});
    await server.ask({question});
  }
  const made = server.made();
  t.is(made, 120);
  const remembered: string[] = [];
  for (const question of [...questions].reverse()) {
    const before = server.made();
    await server.ask({question});
    if (server.made() > before) break;
    remembered.push(question);
  }
  t.true(remembered.length > 0);
  t.true(remembered.length * 2 * length <= limit);
});

test('an answer that would fill much of the limit is not remembered', async t => {
  const server = await memoServer(t, {limit: 80_000, length: 10_000});
  for (let asking = 0; asking < 5; asking++) await server.ask({question: 'hi'});
  t.is(server.made(), 5);
});

test('equal replays are one object, so that they are formatted and counted once', async t => {
  const {replays, ask} = await memoServer(t);
  for (let asking = 0; asking < 6; asking++) await ask({question: 'hi'});
  const repeats = replays.filter(({announcement}) => announcement.isRepeat);
  t.true(repeats.length >= 3);
  t.is(new Set(repeats).size, 1);
});
