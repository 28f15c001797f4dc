import {chmodSync, existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {findConfigFile} from '../../src/config/config-file.js';
import {writeCassette} from '../support/cassette-files.js';
import {recordingOf} from '../support/recordings.js';
import {retake, startRetake, untilMatch} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

test('commands that only look run nothing and open no connection, whatever a configuration file says', async t => {
  const {directory, marker, connections} = await checkout(t);
  const request = {model: 'm', messages: [{role: 'user', content: 'Hi there'}]};
  writeFileSync(join(directory, 'request.json'), JSON.stringify(request));
  for (const words of [
    ['ls'],
    ['show', '1'],
    ['diff'],
    ['review', '--base', 'HEAD'],
    ['verify'],
    ['textconv', 'cassettes/a.cassette'],
    ['explain', '--path', '/@a/v1/chat/completions', 'request.json'],
  ]) {
    const {stdout, stderr, signal} = await retake(t, words, {directory});
    t.is(signal, undefined);
    t.true(stdout.length > 0, `${words.join(' ')}: ${stderr}`);
  }
  t.false(existsSync(marker));
  t.is(connections(), 0);
});

test('a credential goes to the server that only a file names after `retake trust`, for that content of the file', async t => {
  const {directory, address} = await checkout(t);
  const file = join(directory, 'retake.config.json');
  writeFileSync(file, JSON.stringify({upstream: address}));
  const environment = {
    LK_UPSTREAM_AUTH_HEADER: 'Authorization: Bearer secret',
    XDG_STATE_HOME: await temporaryFolder(t),
  };
  const words = ['serve', '--port', '0', '--mode', 'auto'];
  const refused = await retake(t, words, {directory, environment});
  t.is(refused.exitCode, 2);
  t.regex(refused.stderr, /Your credential would be sent to the server that `upstream` names/);
  t.regex(refused.stderr, /retake trust/);
  t.regex((await retake(t, ['trust'], {directory, environment})).stdout, /is trusted now\n {2}upstream/);
  await listens(t, words, directory, environment);
  writeFileSync(file, JSON.stringify({upstream: address, quiet: false}));
  t.is((await retake(t, words, {directory, environment})).exitCode, 2);
  await listens(t, [...words, '--upstream', address], directory, environment);
  await retake(t, ['trust'], {directory, environment});
  t.regex((await retake(t, ['trust', '--remove'], {directory, environment})).stdout, /not trusted any more/);
  t.is((await retake(t, words, {directory, environment})).exitCode, 2);
});

test('`retake trust` prints the providers to which the keys would be sent', async t => {
  const {directory} = await checkout(t);
  const urls = {
    upstreamGemini: 'https://g.example',
    upstreamOpenai: 'https://o.example/v1',
    upstreamAnthropic: 'https://a.example',
  };
  writeFileSync(join(directory, 'retake.config.json'), JSON.stringify({upstream: 'provider', ...urls}));
  const environment = {XDG_STATE_HOME: await temporaryFolder(t)};
  const {stdout} = await retake(t, ['trust'], {directory, environment});
  for (const [name, url] of Object.entries(urls)) t.true(stdout.includes(`${name}: "${url}"`), stdout);
});

test('a program that a file sets is named before it runs', async t => {
  const {directory, program} = await checkout(t);
  writeFileSync(join(directory, 'retake.config.json'), JSON.stringify({llamaServer: program}));
  const {stderr} = await retake(t, ['doctor', '--mode', 'auto'], {directory});
  t.true(stderr.includes(`retake.config.json sets \`llamaServer\`: retake runs ${program}`), stderr);
});

test('the search for a configuration ends at the root of the repository', async t => {
  const above = await temporaryFolder(t);
  const inner = join(above, 'repository', 'packages', 'a');
  mkdirSync(inner, {recursive: true});
  writeFileSync(join(above, 'retake.config.json'), '{}');
  t.is(findConfigFile(inner), join(above, 'retake.config.json'));
  mkdirSync(join(above, 'repository', '.git'));
  t.is(findConfigFile(inner), undefined);
  writeFileSync(join(above, 'repository', 'retake.config.json'), '{}');
  t.is(findConfigFile(inner), join(above, 'repository', 'retake.config.json'));
});

test('the search for a configuration ends at a file of another user', async t => {
  if (process.getuid?.() !== 0) {
    t.pass('Only root can give a file away');
    return;
  }
  const above = await temporaryFolder(t);
  const inner = join(above, 'mine');
  mkdirSync(inner);
  const file = join(above, 'retake.config.json');
  writeFileSync(file, '{}');
  t.is(findConfigFile(inner), file);
  await execa('chown', ['12345', file]);
  t.is(findConfigFile(inner), undefined);
  await execa('chown', ['12345', inner]);
  t.is(findConfigFile(inner), file);
});

/** A repository whose configuration wants to run a program and to connect to a server. */
async function checkout(t: ExecutionContext) {
  const directory = await temporaryFolder(t);
  const marker = join(await temporaryFolder(t), 'was-run');
  const program = join(directory, 'program.sh');
  writeFileSync(program, `#!/bin/sh\ntouch ${marker}\n`);
  chmodSync(program, 0o755);
  let count = 0;
  const server = createServer(socket => {
    count++;
    socket.destroy();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const {port} = server.address() as {port: number};
  const address = `http://127.0.0.1:${port}`;
  await execa('git', ['init', '-q', '-b', 'main', directory]);
  mkdirSync(join(directory, 'cassettes'));
  const cassette = join(directory, 'cassettes', 'a.cassette');
  await writeCassette(cassette, [recordingOf('Hi', 'Hello')]);
  const config = {
    upstream: address,
    python: program,
    llamaServer: program,
    mode: 'record',
    allowUrl: ['*'],
    host: '127.0.0.1',
    port,
  };
  const {upstream: _upstream, ...local} = config;
  writeFileSync(join(directory, 'retake.config.json'), JSON.stringify(local));
  await git(directory, 'add', '.');
  await git(directory, 'commit', '-q', '-m', 'one');
  await writeCassette(cassette, [recordingOf('Bye', 'Goodbye')]);
  return {directory, marker, program, address, connections: () => count};
}

async function listens(
  t: ExecutionContext,
  words: readonly string[],
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const started = await startRetake(t, words, {directory, environment});
  t.truthy(await untilMatch(started, started.output, /listens on (http:\S+)/));
  started.child.kill('SIGTERM');
  await started.child;
}

async function git(directory: string, ...words: string[]): Promise<void> {
  await execa('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...words], {cwd: directory});
}
