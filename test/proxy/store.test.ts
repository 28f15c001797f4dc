import type {ExecutionContext} from 'ava';
import OpenAI from 'openai';
import {omitUndefined} from '../../src/chat/omit-undefined.js';
import type {ProxyOptions} from '../../src/index.js';
import {externalUpstream} from '../../src/upstream/openai-compatible/external-upstream.js';
import {buildProxy} from '../support/build-proxy.js';
import {eventually} from '../support/eventually.js';
import {postgresTest as test, useServer} from '../support/postgres-server.js';
import {answering, type Script, scriptedUpstream} from '../support/scripted-upstream.js';

const server = useServer();
let stores = 0;

const slowly: Script = async exchange => {
  await exchange.wait(300);
  await answering([`answer ${exchange.index + 1}`])(exchange);
};

/** Proxies with one store, one scripted model, and an SDK client each. */
async function replicas(t: ExecutionContext, count: number, options: Partial<ProxyOptions> = {}) {
  const upstream = await scriptedUpstream(t, slowly);
  const cassette = options.cassette ?? `${server().address}?cassette=proxy-${stores++}`;
  const proxies = await Promise.all(
    Array.from({length: count}, () =>
      buildProxy(t, {
        sharedSessions: true,
        ...omitUndefined(options),
        cassette,
        upstream: externalUpstream({url: upstream.url}),
      }),
    ),
  );
  const clients = proxies.map(
    ({url}) => new OpenAI({apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0}),
  ) as [OpenAI, ...OpenAI[]];
  return {upstream, cassette, proxies, clients};
}

async function ask(client: OpenAI, question: string, session?: string) {
  const answer = await client.chat.completions.create(
    {model: 'gpt-4o', messages: [{role: 'user', content: question}]},
    session === undefined ? {} : {headers: {'x-retake-session': session}},
  );
  return {id: answer.id, text: answer.choices[0]?.message.content};
}

test('replicas ask the model once for an equal question, and give everybody the same answer', async t => {
  const {clients, upstream} = await replicas(t, 3);
  const answers = await Promise.all(
    Array.from({length: 30}, (_, index) => ask(clients[index % 3] ?? clients[0], 'What is it?')),
  );
  t.is(upstream.requests.length, 1);
  t.deepEqual(answers, Array(30).fill(answers[0]));
  t.deepEqual(await ask(clients[1] ?? clients[0], 'What is it?'), answers[0]);
});

test('replicas count the positions of a session together', async t => {
  const {clients, cassette, upstream} = await replicas(t, 1, {mode: 'record'});
  for (let index = 0; index < 3; index++) await ask(clients[0], 'Roll a die');
  t.is(upstream.requests.length, 3);
  const replaying = await replicas(t, 3, {cassette, mode: 'replay'});
  const asked = [];
  for (const client of [...replaying.clients, ...replaying.clients])
    asked.push(await ask(client, 'Roll a die', 's'));
  t.deepEqual(
    asked.map(({text}) => text),
    ['answer 1', 'answer 2', 'answer 3', 'answer 3', 'answer 3', 'answer 3'],
  );
  t.is((await ask(replaying.clients[0], 'Roll a die', 'another')).text, 'answer 1');
});

test.serial(
  'while the database is gone, what is in memory is replayed, and the rest is a 503 until it is back',
  async t => {
    const {clients, proxies, upstream} = await replicas(t, 2);
    const known = await ask(clients[0], 'Known');
    await ask(clients[0], 'Known');
    await server().stop('SIGQUIT');
    for (let index = 0; index < 20; index++)
      t.deepEqual(await ask(clients[0], 'Known', `session ${index}`), known, 'without a round trip');
    const refused = await proxies[0]?.post('/v1/chat/completions', {
      model: 'gpt-4o',
      messages: [{role: 'user', content: 'Unknown'}],
    });
    t.is(refused?.status, 503);
    t.is(refused?.headers.get('retry-after'), '1');
    t.regex((await refused?.text()) ?? '', /The PostgreSQL database .* cannot be reached/);
    t.is(upstream.requests.length, 1);
    await server().start();
    const patient = new OpenAI({apiKey: 'none', baseURL: `${proxies[1]?.url}/v1`, maxRetries: 8});
    t.is((await ask(patient, 'Unknown')).text, 'answer 2');
    await eventually(
      'notifications arrive again',
      async () => (await ask(clients[0], 'Unknown')).text === 'answer 2',
    );
  },
);
