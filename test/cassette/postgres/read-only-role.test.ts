import {join} from 'node:path';
import OpenAI from 'openai';
import {copyCassettes} from '../../../src/operations/copy-cassettes.js';
import {externalUpstream} from '../../../src/upstream/openai-compatible/external-upstream.js';
import {buildProxy, temporaryFolder} from '../../support/build-proxy.js';
import {postgresTest as test, useServer} from '../../support/postgres-server.js';
import {serve} from '../../support/retake.js';
import {answering, scriptedUpstream} from '../../support/scripted-upstream.js';

const server = useServer();

/** Once, when the tables are there. */
let roles: Promise<unknown> | undefined;

const createRoles = () =>
  server().query(`
    CREATE ROLE reader LOGIN PASSWORD 'reader';
    CREATE ROLE standby LOGIN PASSWORD 'standby';
    ALTER ROLE standby SET default_transaction_read_only = on;
    GRANT USAGE ON SCHEMA retake TO reader, standby;
    GRANT SELECT ON ALL TABLES IN SCHEMA retake TO reader, standby;
    GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA retake TO standby;
  `);

/** A cassette in which one question has two answers, and its addresses. */
async function recorded(t: Parameters<typeof buildProxy>[0], name: string) {
  const upstream = await scriptedUpstream(t, exchange =>
    answering([`answer ${exchange.index + 1}`])(exchange),
  );
  const cassette = `${server().address}?cassette=${name}`;
  const recorder = await buildProxy(t, {
    cassette,
    mode: 'record',
    upstream: externalUpstream({url: upstream.url}),
  });
  const client = new OpenAI({apiKey: 'none', baseURL: `${recorder.url}/v1`, maxRetries: 0});
  for (let index = 0; index < 2; index++)
    await client.responses.create({model: 'gpt-4o', input: 'Roll a die'});
  roles ??= createRoles();
  await roles;
  return {cassette, as: (role: string) => cassette.replace('retake@', `${role}@`), upstream};
}

for (const role of ['reader', 'standby']) {
  test(`${role}: who may only read replays sessions and stored responses, and is told what is not shared`, async t => {
    const {as} = await recorded(t, `read-${role}`);
    const {address, errors} = await serve(t, ['--mode', 'replay', '--log', 'none', '--cassette', as(role)]);
    const client = new OpenAI({
      ...{apiKey: 'none', baseURL: `${address}/v1`, maxRetries: 0},
      defaultHeaders: {'x-retake-session': 's'},
    });
    const texts: string[] = [];
    for (let index = 0; index < 3; index++) {
      const response = await client.responses.create({model: 'gpt-4o', input: 'Roll a die'});
      t.is((await client.responses.retrieve(response.id)).output_text, response.output_text);
      texts.push(response.output_text);
    }
    t.deepEqual(texts, ['answer 1', 'answer 2', 'answer 2']);
    const file = await client.files.create({file: new File(['a'], 'a.txt'), purpose: 'user_data'});
    t.is(await (await client.files.content(file.id)).text(), 'a');
    t.regex(errors(), /The role may not write to postgres:.*are those of this process alone/);
    t.notRegex(errors(), /permission denied|not noted/);
  });
}

test('a role that may not write does not ask the model, and the error says which right it needs', async t => {
  const {as} = await recorded(t, 'no-write');
  const upstream = await scriptedUpstream(t, answering(['Hello']));
  const {post} = await buildProxy(t, {
    ...{cassette: as('reader'), mode: 'auto', sharedSessions: true},
    upstream: externalUpstream({url: upstream.url}),
  });
  const response = await post('/v1/chat/completions', {
    model: 'gpt-4o',
    messages: [{role: 'user', content: 'New'}],
  });
  t.is(response.status, 500);
  t.regex(await response.text(), /The role may not write.*GRANT INSERT, UPDATE, DELETE ON ALL TABLES/);
  t.is(upstream.requests.length, 0);
  const file = join(await temporaryFolder(t), 'a.cassette');
  await copyCassettes({from: as('reader'), to: file});
  await t.throwsAsync(copyCassettes({from: file, to: as('reader')}), {message: /permission denied/});
});
