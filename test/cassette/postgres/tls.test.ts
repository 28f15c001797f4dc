import {openStoreCassette} from '../../../src/cassette/postgres/open-store.js';
import {postgresTest as test, useServer} from '../../support/postgres-server.js';
import {recordingOf} from '../../support/recordings.js';

const server = useServer({tls: true});
const plain = useServer();
const environment = {};

/** Opens, records and reads with these parameters, and returns how many of the server's connections are encrypted. */
async function encrypted(parameters: string, host = '127.0.0.1'): Promise<boolean> {
  const address = server().address.replace('127.0.0.1', host);
  const cassette = await openStoreCassette(`${address}?cassette=tls&application_name=tried&${parameters}`, {
    writable: true,
    environment,
  });
  try {
    const recording = recordingOf('Hi', 'Hello');
    await cassette.add(recording);
    if (!(await cassette.find(recording.key))) throw new Error('The recording is not there');
    const rows = await server().query(
      `SELECT s.ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)
       WHERE a.usename = 'retake' AND a.application_name = 'tried'`,
    );
    return rows.length > 0 && rows.every(({ssl}) => ssl === true);
  } finally {
    await cassette.close();
  }
}

test.serial('a server that wants encryption gets it with every sslmode but disable', async t => {
  const {authority} = server();
  for (const parameters of [
    'sslmode=allow',
    'sslmode=prefer',
    'sslmode=require',
    `sslmode=require&sslrootcert=${authority}`,
    `sslmode=verify-ca&sslrootcert=${authority}`,
  ])
    t.true(await encrypted(parameters), parameters);
  t.true(await encrypted(`sslmode=verify-full&sslrootcert=${authority}`, 'localhost'));
  const refused = await t.throwsAsync(encrypted('sslmode=disable'));
  t.regex(String((refused as {hint?: string}).hint), /sslmode=require/);
});

test.serial('a certificate of another authority or for another name is refused', async t => {
  const {authority} = server();
  const stranger = authority.replace('authority', 'stranger');
  for (const [parameters, problem] of [
    [`sslmode=verify-ca&sslrootcert=${stranger}`, /unable to (?:verify|get)|self.signed|certificate/],
    [`sslmode=verify-full&sslrootcert=${authority}`, /does not match|altnames/],
    ['sslmode=verify-full', /unable to (?:verify|get)|self.signed|certificate/],
  ] as const) {
    const error = await t.throwsAsync(encrypted(parameters), {message: problem}, parameters);
    t.like(error, {code: 'invalid_setting'});
    t.regex(String((error as {hint?: string}).hint), /sslrootcert/);
  }
});

test.serial('a server without encryption is refused where it is required', async t => {
  const open = (mode: string) =>
    openStoreCassette(`${plain().address}?cassette=plain&sslmode=${mode}`, {writable: true, environment});
  for (const mode of ['disable', 'allow', 'prefer']) await (await open(mode)).close();
  await t.throwsAsync(open('require'), {message: /SSL/});
});
