import {migrate} from '../../../src/cassette/postgres/migrations.js';
import {openStoreCassette} from '../../../src/cassette/postgres/open-store.js';
import {postgresTest as test, useServer} from '../../support/postgres-server.js';
import {recordingOf} from '../../support/recordings.js';

const server = useServer();

async function newDatabase(name: string, options = '') {
  await server().query(`CREATE DATABASE ${name} OWNER retake ${options}`);
  return server().address.replace(/retake$/, name);
}

test('processes that start at once with an empty database make its tables once, and all record', async t => {
  const address = `${await newDatabase('fresh')}?cassette=a`;
  const cassettes = await Promise.all(
    Array.from({length: 12}, () => openStoreCassette(address, {writable: true})),
  );
  await Promise.all(
    cassettes.map((cassette, index) => cassette.add(recordingOf(`Question ${index}`, 'Hello'))),
  );
  let count = 0;
  for await (const _ of cassettes[0]?.interactions() ?? []) count++;
  t.is(count, 12);
  await Promise.all(cassettes.map(cassette => cassette.close()));
});

test('tables of a newer retake are left alone, and the error says to update this one', async t => {
  const address = await newDatabase('newer');
  const cassette = await openStoreCassette(address, {writable: true});
  await cassette.add(recordingOf('Hi', 'Hello'));
  await cassette.close();
  const {default: pg} = await import('pg');
  const client = new pg.Client({connectionString: address});
  await client.connect();
  await client.query('INSERT INTO retake.migrations(version) VALUES (999)');
  for (const writable of [true, false]) {
    await t.throwsAsync(openStoreCassette(address, {writable}), {
      code: 'cassette_invalid',
      message: /tables of version 999, which a newer retake wrote/,
    });
  }
  const {rows} = await client.query('SELECT count(*)::int AS count FROM retake.takes');
  t.deepEqual(rows, [{count: 1}]);
  await client.end();
});

test('a server that is too old, and a database with another encoding, are errors that say what is needed', async t => {
  const asked: string[] = [];
  const old = async (text: string) => {
    asked.push(text);
    return [{version: '130012', encoding: 'UTF8'}] as never;
  };
  await t.throwsAsync(migrate('postgres://db', old), {
    code: 'invalid_setting',
    message: /has version 13, and retake needs 14 or newer/,
  });
  t.is(asked.length, 1, 'nothing is created');
  const latin = await newDatabase(
    'latin',
    "ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'",
  );
  await t.throwsAsync(openStoreCassette(latin, {writable: true}), {
    code: 'invalid_setting',
    message: /has the encoding LATIN1, and retake needs UTF8/,
  });
});

test('a role that may not create the tables gets an error that says which right it needs', async t => {
  const address = await newDatabase('strict');
  await server().query("CREATE ROLE guest LOGIN PASSWORD 'guest'");
  await t.throwsAsync(openStoreCassette(address.replace('retake@', 'guest@'), {writable: true}), {
    message: /permission denied/,
  });
});

test('a statement that takes longer than statement_timeout is an error that can be retried, and the next one works', async t => {
  const address = await newDatabase('slow');
  const cassette = await openStoreCassette(`${address}?cassette=a&statement_timeout=300`, {writable: true});
  await cassette.add(recordingOf('Known', 'Hello'));
  const {default: pg} = await import('pg');
  const client = new pg.Client({connectionString: address});
  await client.connect();
  await client.query('BEGIN');
  await client.query('LOCK TABLE retake.interactions, retake.takes IN ACCESS EXCLUSIVE MODE');
  const {key} = recordingOf('Known', 'Hello');
  const failure = await t.throwsAsync(cassette.find(key), {code: 'store_unavailable'});
  t.regex(failure?.message ?? '', /timeout/i);
  await client.query('ROLLBACK');
  await client.end();
  t.is((await cassette.find(key))?.takes.length, 1);
  await cassette.close();
});
