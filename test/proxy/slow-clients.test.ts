import test from 'ava';
import type {Exchange} from '../../src/index.js';
import {rawConnection, rawPost} from '../http/raw-connection.js';
import {interactionsIn} from '../support/cassette-files.js';
import {eventually} from '../support/eventually.js';
import {textOf} from '../support/recordings.js';
import {answering} from '../support/scripted-upstream.js';
import {liveProxy} from './live-proxy.js';
import {geminiStream, openaiStream} from './ways.js';

const piece = 'x'.repeat(64 * 1024);
/** 32 MiB: more than the buffers of the system between two programs, and what retake holds for a client. */
const pieces = Array.from({length: 512}, () => piece);
const whole = pieces.join('');

for (const way of [openaiStream, geminiStream]) {
  test.serial(
    `a client that does not read (${way.name}) leaves the flight, and the others and the recording get everything`,
    async t => {
      const exchanges: Exchange[] = [];
      const live = await liveProxy(t, {
        script: answering(pieces),
        onExchange: exchange => exchanges.push(exchange),
      });
      const stalled = await rawConnection(t, live.url);
      stalled.send(rawPost(way.path, way.ask('hi')));
      await stalled.untilReceived(/200 OK/);
      stalled.socket.pause();

      const reading = [1, 2].map(async () => {
        const response = await live.post(openaiStream.path, openaiStream.ask('hi'));
        return openaiStream.read(await response.text()).candidates[0]?.text;
      });
      t.deepEqual(
        (await Promise.all(reading)).map(text => text === whole),
        [true, true],
      );
      await eventually('all clients are done', () => exchanges.length === 3);
      const left = exchanges.find(({error}) => error !== undefined);
      t.deepEqual(left?.error, {
        code: 'client_closed',
        message: 'The client did not read its answer, so retake closed the connection',
      });
      t.like(await live.proxy.verdict(), {recorded: 3, givenUp: 0, failed: 0, notRecorded: 0});
      t.is(live.upstream.requests.length, 1);
      t.is(live.upstream.aborted, 0);
      await live.proxy.close();
      const [interaction] = await interactionsIn(live.cassette);
      t.deepEqual(interaction?.takes.map(textOf), [whole]);
    },
  );
}

test.serial('an answer whose only client does not read is recorded all the same', async t => {
  const exchanges: Exchange[] = [];
  const live = await liveProxy(t, {
    script: answering(pieces),
    onExchange: exchange => exchanges.push(exchange),
  });
  const stalled = await rawConnection(t, live.url);
  stalled.send(rawPost(openaiStream.path, openaiStream.ask('hi')));
  await stalled.untilReceived(/200 OK/);
  stalled.socket.pause();
  await eventually('the client was disconnected', () => exchanges.length === 1);
  t.is(exchanges[0]?.error?.code, 'client_closed');
  t.like(await live.proxy.verdict(), {recorded: 1, givenUp: 0, failed: 0, notRecorded: 0});
  const again = await live.post(openaiStream.path, openaiStream.ask('hi'));
  t.is(again.headers.get('x-retake'), 'hit');
  t.is(openaiStream.read(await again.text()).candidates[0]?.text, whole);
});
