import {setTimeout as sleep} from 'node:timers/promises';
import OpenAI from 'openai';
import {openStoreCassette} from '../../../src/cassette/postgres/open-store.js';
import {withInteractions} from '../../../src/cassette/rows/stored-cassette.js';
import {rewriteStored} from '../../../src/cassette/stores/rewrite-stored.js';
import {externalUpstream} from '../../../src/upstream/openai-compatible/external-upstream.js';
import {testCassette} from '../../contract/cassette.js';
import {buildProxy} from '../../support/build-proxy.js';
import {eventually} from '../../support/eventually.js';
import {hasPgbouncer, usePgbouncer} from '../../support/pgbouncer.js';
import {postgresTest, skippedTest, useServer} from '../../support/postgres-server.js';
import {recordingOf} from '../../support/recordings.js';
import {answering, scriptedUpstream} from '../../support/scripted-upstream.js';

const server = useServer();
const pooled = usePgbouncer(server);
const test = hasPgbouncer ? postgresTest : skippedTest;
let stores = 0;
const newAddress = () => `${pooled()}?cassette=pooled-${stores++}&pool_size=3`;

if (hasPgbouncer) {
  testCassette('PostgreSQL behind PgBouncer in transaction mode', async () => {
    const address = newAddress();
    return {
      open: ({writable = true, ...options} = {}) => openStoreCassette(address, {writable, ...options}),
    };
  });
}

test('behind PgBouncer, replicas ask once for equal questions and count positions together', async t => {
  const upstream = await scriptedUpstream(t, async exchange => {
    await sleep(300);
    await answering([`answer ${exchange.index + 1}`])(exchange);
  });
  const cassette = newAddress();
  const clients = await Promise.all(
    [0, 1, 2].map(async () => {
      const options = {cassette, sharedSessions: true, upstream: externalUpstream({url: upstream.url})};
      const {url} = await buildProxy(t, options);
      return new OpenAI({apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0});
    }),
  );
  const answers = await Promise.all(
    Array.from({length: 12}, (_, index) =>
      clients[index % 3]?.chat.completions.create({
        model: 'gpt-4o',
        messages: [{role: 'user', content: 'What is it?'}],
      }),
    ),
  );
  t.is(upstream.requests.length, 1);
  t.true(answers.every(one => one?.choices[0]?.message.content === 'answer 1'));
});

test('behind PgBouncer, a replica sees within a second or so what a command changed', async t => {
  const address = newAddress();
  const writer = await openStoreCassette(address, {writable: true});
  const recording = recordingOf('Hi', 'Hello');
  await writer.add(recording);
  await writer.close();
  const replica = await openStoreCassette(address, {writable: false});
  t.teardown(() => replica.close());
  t.truthy(await replica.find(recording.key));
  await rewriteStored(address, async current => {
    if (!current) throw new Error('There is no cassette');
    return {content: withInteractions(current, []), result: undefined};
  });
  await eventually('the removal is seen', async () => (await replica.find(recording.key)) === undefined);
  t.pass();
});
