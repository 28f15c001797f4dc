import type {ExecutionContext} from 'ava';
import OpenAI from 'openai';
import {copyCassettes} from '../../../src/operations/copy-cassettes.js';
import {externalUpstream} from '../../../src/upstream/openai-compatible/external-upstream.js';
import {buildProxy} from '../../support/build-proxy.js';
import {countedPostgres} from '../../support/counted-postgres.js';
import {postgresTest as test, useServer} from '../../support/postgres-server.js';
import {answering, scriptedUpstream} from '../../support/scripted-upstream.js';

const server = useServer();
let stores = 0;

/** What a replica does at intervals, whether it is asked or not. */
const maintenance = /pg_notify\('retake', \$1\)$|LISTEN|^SELECT revision|retake\.uses|retake\.objects/;

async function replica(t: ExecutionContext, name: string, mode: 'auto' | 'record' = 'auto') {
  const counted = await countedPostgres(t, server().port);
  const upstream = await scriptedUpstream(t, answering(['Hello']));
  const address = server().address.replace(String(server().port), String(counted.port));
  const {url} = await buildProxy(t, {
    ...{mode, cassette: `${address}?cassette=${name}`, sharedSessions: true},
    upstream: externalUpstream({url: upstream.url}),
  });
  const client = new OpenAI({apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0});
  /** The round trips that one question costs. */
  const costOf = async (content: string, session?: string) => {
    const before = counted.roundTrips.length;
    const headers = session === undefined ? {} : {'x-retake-session': session};
    await client.chat.completions.create({model: 'gpt-4o', messages: [{role: 'user', content}]}, {headers});
    return counted.roundTrips.slice(before).filter(([one = '']) => !maintenance.test(one));
  };
  return {costOf, upstream};
}

test('a recorded question costs one round trip when it is first asked, and none when it is in memory', async t => {
  const name = `trips-${stores++}`;
  const questions = Array.from({length: 10}, (_, index) => `Question ${index}`);
  const recorder = await replica(t, name);
  for (const question of questions)
    t.true((await recorder.costOf(question)).length > 1, 'recording is counted');
  // What it recorded itself is read once, too.
  for (const question of questions) t.true((await recorder.costOf(question)).length <= 1);

  const other = await replica(t, name);
  for (const question of questions) {
    const first = await other.costOf(question);
    t.is(first.length, 1, JSON.stringify(first));
    t.deepEqual(await other.costOf(question), []);
    // A client with a session of its own gets it from memory, too.
    t.deepEqual(await other.costOf(question, 'another session'), []);
  }
  t.is(other.upstream.requests.length, 0);
});

test('an interaction with several takes costs one round trip more, for the position in its session', async t => {
  const name = `trips-${stores++}`;
  const recorder = await replica(t, name, 'record');
  await recorder.costOf('Roll a die', 'a');
  await copyCassettes({
    from: `${server().address}?cassette=${name}`,
    to: `${server().address}?cassette=${name}-copy`,
  });
  recorder.upstream.follow(answering(['Another']));
  await recorder.costOf('Roll a die', 'b');
  await recorder.costOf('Roll a die', 'b');
  const other = await replica(t, name);
  const first = await other.costOf('Roll a die', 's');
  t.true(first.length <= 2, JSON.stringify(first));
  const next = await other.costOf('Roll a die', 's');
  t.true(next.length <= 1, JSON.stringify(next));
});
