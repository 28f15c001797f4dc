import {chmod, readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {postgresTest as test, useServer} from '../support/postgres-server.js';
import {retake, serve, untilMatch} from '../support/retake.js';
import {answering, scriptedUpstream} from '../support/scripted-upstream.js';
import {writeStoredCassette} from '../support/stored-cassette.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const server = useServer({authentication: 'scram-sha-256'});
/** As `encodeURIComponent` writes the password of the role. */
const password = 'se%2Fcret%40word';

function addressWithPassword(parameters: string) {
  return server().address.replace('retake@', `retake:${password}@`) + parameters;
}

async function filesBelow(folder: string): Promise<string> {
  const names = await readdir(folder, {recursive: true, withFileTypes: true});
  const files = names.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  try {
    return (await Promise.all(files.map(file => readFile(file, 'latin1')))).join('\n');
  } catch (error) {
    // A draft has got its name meanwhile.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return filesBelow(folder);
    throw error;
  }
}

const question = JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content: 'Hi'}]});

test('the password of a database is nowhere in the output, the health report and the saved files', async t => {
  const upstream = await scriptedUpstream(t, answering(['Hello']));
  const {address, output, errors, directory} = await serve(t, [
    '--cassette',
    addressWithPassword('?cassette=serve'),
    '--upstream',
    upstream.url,
  ]);
  const answer = await fetch(`${address}/v1/chat/completions`, {method: 'POST', body: question});
  t.is(answer.status, 200);
  const health = await (await fetch(`${address}/health`)).text();
  const replaying = await serve(
    t,
    ['--mode', 'replay', '--cassette', addressWithPassword('?cassette=other')],
    {
      environment: {RETAKE_CACHE_DIR: directory},
    },
  );
  const miss = await fetch(`${replaying.address}/v1/chat/completions`, {method: 'POST', body: question});
  t.is(miss.status, 400);
  await untilMatch(replaying, replaying.output, /listens on/);
  const shown = [
    output(),
    errors(),
    health,
    replaying.output(),
    replaying.errors(),
    await miss.text(),
    await filesBelow(directory),
  ].join('\n');
  t.regex(shown, /postgres:\/\/retake@127/);
  for (const secret of [password, 'se/cret', 'cret@word', 'cret%40']) t.false(shown.includes(secret), secret);
});

test('a wrong password, a missing database and a server that is not there are explained without the password', async t => {
  for (const [address, code, problem] of [
    [server().address, 2, /wants a password, and none is given.*PGPASSWORD/s],
    [
      server().address.replace('retake@', 'retake:wr0ng@'),
      2,
      /password authentication failed.*Check the user, and the password.*PGPASSWORD/s,
    ],
    [addressWithPassword('').replace(/retake$/, 'n0ne'), 2, /database "n0ne" does not exist.*createdb n0ne/s],
    [`postgres://u:wr0ng@127.0.0.1:1/db`, 1, /cannot be reached: .*ECONNREFUSED/s],
    [`postgres://u:wr0ng/x@127.0.0.1:1/db`, 2, /%2F/],
    [
      `mysql://u:wr0ng@127.0.0.1/db`,
      2,
      /postgres:\/\/ address, got an address that begins with mysql:\/\/$/m,
    ],
    [`${server().address}?service=none`, 2, /The service file of the PostgreSQL database cannot be read/],
  ] as const) {
    const {exitCode, stderr, stdout} = await retake(t, ['serve', '--mode', 'replay', '--cassette', address]);
    t.is(exitCode, code, stderr);
    t.regex(stderr, problem);
    t.false(/wr0ng|cret/.test(stdout + stderr), stderr);
  }
});

test('an address of another kind of database is no path: no command prints its password or makes a folder of it', async t => {
  const directory = await temporaryFolder(t);
  const address = 'mysql://u:wr0ng@127.0.0.1/db';
  for (const words of [
    ['ls', address],
    ['show', '1', '--cassette', address],
    ['copy', address, 'to'],
    ['diff', address, 'to'],
    ['verify', address],
    ['run', '--cassette', address, '--', 'true'],
  ]) {
    const {exitCode, stderr, stdout} = await retake(t, words, {directory});
    t.is(exitCode, 2, `${words[0]}: ${stderr}`);
    t.regex(stderr, /begins with mysql:\/\/$/m);
    t.false((stdout + stderr).includes('wr0ng'), stderr);
  }
  t.deepEqual(await readdir(directory), []);
});

test('a database without the cassette says which it has', async t => {
  const database = addressWithPassword('');
  const folder = await temporaryFolder(t);
  const file = await writeStoredCassette(join(folder, 'known.cassette'), {Hi: ['Hello']});
  t.is((await retake(t, ['copy', file, `${database}?cassette=known`])).exitCode, 0);
  const {stderr, exitCode} = await retake(t, ['ls', `${database}?cassette=knwon`]);
  t.is(exitCode, 1, stderr);
  t.regex(stderr, /There is no cassette at postgres:.*=knwon\n.*The database has the cassettes .*known/);
});

test('the password is read from the password file of libpq, and nothing is printed about it', async t => {
  const file = await writeStoredCassette(join(await temporaryFolder(t), 'a.cassette'), {Hi: ['Hello']});
  t.is((await retake(t, ['copy', file, addressWithPassword('?cassette=pass')])).exitCode, 0);
  const passwords = join(await temporaryFolder(t), 'passwords');
  await writeFile(passwords, `other:*:*:*:wr0ng\n127.0.0.1:${server().port}:retake:retake:se/cret@word\n`);
  await chmod(passwords, 0o600);
  const ls = () =>
    retake(t, ['ls', `${server().address}?cassette=pass`], {environment: {PGPASSFILE: passwords}});
  const read = await ls();
  t.is(read.exitCode, 0, read.stderr);
  t.is(read.stderr, '');
  await chmod(passwords, 0o644);
  const refused = await ls();
  t.is(refused.exitCode, 2);
  t.regex(refused.stderr, /group or world access.*wants a password, and none is given/s);
});

test('retake run records into a database, with PGPASSWORD as for libpq', async t => {
  const upstream = await scriptedUpstream(t, answering(['Hello']));
  const ask = `await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {method: 'POST', body: '${question}'})`;
  const run = (...words: string[]) =>
    retake(
      t,
      [
        'run',
        '--cassette',
        `${server().address}?cassette=run`,
        ...words,
        '--',
        process.execPath,
        '--input-type=module',
        '-e',
        ask,
      ],
      {
        environment: {PGPASSWORD: 'se/cret@word'},
      },
    );
  const recorded = await run('--upstream', upstream.url);
  t.is(recorded.exitCode, 0, recorded.stderr);
  const replayed = await run('--mode', 'replay');
  t.is(replayed.exitCode, 0, replayed.stderr);
  t.is(upstream.requests.length, 1);
});

test('the commands that look at cassettes accept a database', async t => {
  const folder = await temporaryFolder(t);
  const file = await writeStoredCassette(join(folder, 'a.cassette'), {Hi: ['Hello'], Bye: ['Goodbye']});
  const changed = await writeStoredCassette(join(folder, 'b.cassette'), {Hi: ['Hello'], Bye: ['So long']});
  const store = addressWithPassword('?cassette=look');
  const shown = `${server().address}?cassette=look`;
  const run = async (...words: string[]) => {
    const result = await retake(t, words, {directory: folder});
    t.false((result.stdout + result.stderr).includes('cret'), words.join(' '));
    return result;
  };
  const copied = await run('copy', file, store);
  t.is(copied.stdout, `a.cassette → ${shown}: 2 interactions, 2 takes\n`, copied.stderr);
  t.regex((await run('ls', store)).stdout, /look: 2 interactions, 2 takes/);
  t.regex((await run('show', '1', store)).stdout, /Hello|Goodbye/);
  const verified = await run('verify', store);
  t.is(verified.stdout, `ok     ${shown}: 2 interactions, 2 takes\n`);
  t.is((await run('export', store)).stdout, (await run('export', file)).stdout);
  const compared = await run('diff', store, changed);
  t.is(compared.exitCode, 1);
  t.true(compared.stdout.includes('So long'), compared.stdout);
  const same = await run('diff', store, file);
  t.is(same.exitCode, 0, same.stdout + same.stderr);
  await writeFile(join(folder, 'question.json'), question);
  const explained = await run('explain', 'question.json', '--cassette', store);
  t.regex(explained.stdout, /^hit/);
  t.regex((await run('doctor', '--cassette', store, '--mode', 'replay')).stdout, /look/);
});

test('a run against a database with recordings is not a first one: no model is chosen or waited for', async t => {
  const upstream = await scriptedUpstream(t, answering(['Hello']));
  const asks = `console.log((await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {method: 'POST', body: '${question}'})).status)`;
  const run = (name: string, words: readonly string[], program = asks) => {
    const address = addressWithPassword(`?cassette=${name}`);
    const command = [process.execPath, '-e', program];
    return retake(t, ['run', '--mode', 'auto', '--cassette', address, ...words, '--', ...command]);
  };
  const first = await run('first-run', ['--upstream', upstream.url]);
  t.like(first, {exitCode: 0, stdout: '200\n'}, first.stderr);
  const second = await run('first-run', []);
  t.like(second, {exitCode: 0, stdout: '200\n'}, second.stderr);
  t.notRegex(second.stderr, /No model was chosen/);
  const other = await run('no-recordings-yet', ['--no-wait'], '');
  t.regex(other.stderr, /No model was chosen/);
});
