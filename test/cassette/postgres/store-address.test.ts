import {writeFile} from 'node:fs/promises';
import {userInfo} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {connectOptions} from '../../../src/cassette/postgres/connect-options.js';
import {
  addressOf,
  concealPassword,
  isStoreAddress,
  parseStoreAddress,
  requireOnePassword,
} from '../../../src/cassette/postgres/store-address.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

test('an address has the parts that libpq reads from it', t => {
  const address = parseStoreAddress(
    'postgresql://ann:p%40ss@db.example:5433/tests?cassette=login&sslmode=require',
  );
  t.like(address, {
    user: 'ann',
    password: 'p@ss',
    host: 'db.example',
    port: 5433,
    database: 'tests',
    cassette: 'login',
    shown: 'postgres://ann@db.example:5433/tests?cassette=login&sslmode=require',
  });
  t.like(parseStoreAddress('postgres:///tests?host=/var/run/postgresql'), {
    host: '/var/run/postgresql',
    database: 'tests',
    shown: 'postgres:///tests?host=/var/run/postgresql',
  });
  t.is(parseStoreAddress('postgres://[::1]:5432/tests').host, '::1');
});

test('a password is remembered for the process, and shown in no address', t => {
  const shown = concealPassword('postgres://bea:s3cret@db.example/tests?cassette=login');
  t.is(shown, 'postgres://bea@db.example/tests?cassette=login');
  t.is(parseStoreAddress(shown).password, 's3cret');
  t.is(parseStoreAddress(addressOf(parseStoreAddress(shown), 'other')).password, 's3cret');
  t.is(parseStoreAddress('postgres://bea@other.example/tests').password, undefined);
  t.is(concealPassword('postgres://host/db?password=s3cret'), 'postgres://host/db');
  t.is(concealPassword('cassettes/a.cassette'), 'cassettes/a.cassette');
});

for (const address of [
  'postgres://u:s3cret/with@host/db',
  'postgres://u:12/s3cret@host/db',
  'postgres://u:s3cret#x@host/db',
  'postgres://u:s3cret%zz@host/db',
  'postgres:u:s3cret@host/db',
  'postgres://u:s3cret@host/db?s3cret=1&cassete=x',
  'postgres://u:12?s3cret@host/db',
  'postgres://u:s3cret@host:port/db',
  'postgres://u:s3cret@a,b/db',
]) {
  test(`the error for ${address} does not contain the password`, t => {
    t.true(isStoreAddress(address));
    const error = t.throws(() => concealPassword(address), {code: 'invalid_setting'});
    const text = `${error?.message} ${JSON.stringify(error)}`;
    t.false(text.includes('s3cret'), text);
  });
}

test('what the address leaves out is read from the service, then from the variables', async t => {
  const file = join(await temporaryFolder(t), 'services');
  await writeFile(
    file,
    '# services\n[other]\nhost=wrong\n[ci]\nhost=db.ci\nport=6000\nuser=ci\npassword=pw\n',
  );
  const options = connectOptions(parseStoreAddress('postgres:///tests?service=ci&user=ann'), {
    PGSERVICEFILE: file,
    PGHOST: 'ignored',
    PGCONNECT_TIMEOUT: '7',
    PGSSLMODE: 'disable',
  });
  t.like(options, {
    host: 'db.ci',
    port: 6000,
    user: 'ann',
    password: 'pw',
    database: 'tests',
    connectTimeout: 7000,
    encryptions: [false],
  });
  t.throws(() => connectOptions(parseStoreAddress('postgres:///tests?service=none'), {PGSERVICEFILE: file}), {
    message: /section \[none\]/,
  });
});

test('without a host, a user or a database, the defaults are those of libpq', t => {
  const {username} = userInfo();
  // No server has its socket there.
  const none = connectOptions(parseStoreAddress('postgres://:1/'), {});
  t.like(none, {host: 'localhost', port: 1, user: username, database: username, password: undefined});
  const given = connectOptions(parseStoreAddress('postgres://ann@'), {
    PGHOST: '/run/pg',
    PGPORT: '6000',
    PGPASSWORD: 'pw',
  });
  t.like(given, {host: '/run/pg', port: 6000, user: 'ann', database: 'ann', password: 'pw'});
  t.deepEqual(given.encryptions, [false]);
});

test('sslmode has the meanings of libpq', t => {
  const encryptions = (mode?: string) =>
    connectOptions(parseStoreAddress(`postgres://h/d${mode ? `?sslmode=${mode}` : ''}`), {}).encryptions;
  t.deepEqual(encryptions(), [{rejectUnauthorized: false}, false]);
  t.deepEqual(encryptions('prefer'), [{rejectUnauthorized: false}, false]);
  t.deepEqual(encryptions('allow'), [false, {rejectUnauthorized: false}]);
  t.deepEqual(encryptions('require'), [{rejectUnauthorized: false}]);
  t.deepEqual(encryptions('verify-full'), [{}]);
  t.throws(() => encryptions('verify-ca'), {message: /sslrootcert/});
  t.throws(() => encryptions('on'), {message: /Expected sslmode to be/});
});

test('two addresses of one database cannot have different passwords', t => {
  const wrong = [
    'postgres://cy:right1@db.example/tests?cassette=a',
    'postgres://cy:wrong2@db.example/tests?at=2026-11-01',
  ];
  const error = t.throws(() => requireOnePassword(wrong), {
    code: 'invalid_setting',
    message: 'Two addresses of postgres://cy@db.example/tests have different passwords',
  });
  t.notRegex(`${error?.message} ${JSON.stringify(error)}`, /right1|wrong2/);
  concealPassword('postgres://cy:old@db.example/tests');
  for (const fine of [
    ['postgres://cy:right1@db.example/tests', 'postgres://cy:right1@db.example/tests?cassette=b'],
    ['postgres://cy@db.example/tests', 'postgres://cy:right1@db.example/tests'],
    ['postgres://cy:right1@db.example/tests', 'postgres://cy:wrong2@other.example/tests'],
    ['a.cassette', 'postgres://cy:right1@db.example/tests'],
  ])
    t.notThrows(() => requireOnePassword(fine));
});
