import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {stripVTControlCharacters} from 'node:util';
import test from 'ava';
import {execa} from 'execa';
import {interactionsIn, writeCassette} from '../support/cassette-files.js';
import {eventually, isAlive} from '../support/eventually.js';
import {recordingOf, textOf} from '../support/recordings.js';
import {retake, retakeProgram, serve, startRetake, untilMatch, withFakeEngine} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const france = 'What is the capital of France?';

function ask(address: string, question: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${address}/v1/chat/completions?key=hush-query`, {
    method: 'POST',
    headers: {'content-type': 'application/json', authorization: 'Bearer hush-header'},
    body: JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content: question}]}),
    ...init,
  });
}

test('the banner prints address, mode, cassette and model', async t => {
  const directory = await temporaryFolder(t);
  await writeCassette(join(directory, 'a.cassette'), [recordingOf(france, 'It is Paris.')]);
  const served = await serve(t, ['--mode', 'replay', '--cassette', 'a.cassette'], {directory});
  const banner = await untilMatch(served, served.output, /[\s\S]*Press Ctrl-C to stop\.\n/);
  t.regex(banner, /^ {2}mode {6}replay: replays the cassette only$/m);
  t.regex(banner, /^ {2}cassette {2}a\.cassette, 1 interaction$/m);
  t.regex(banner, /^ {2}model {5}none \(not needed\)$/m);
});

test('the banner’s curl lines can be pasted, and send one request to every API', async t => {
  const {environment} = await withFakeEngine(t, {says: 'It is Paris.'});
  const served = await serve(t, [], {environment});
  const banner = await untilMatch(served, served.output, /[\s\S]*Press Ctrl-C to stop\.\n/);
  const lines = banner.match(/^ {2}curl .*$/gm) ?? [];
  const answers = [];
  for (const line of lines) answers.push((await execa(line.trim(), {shell: true})).stdout);
  t.is(answers.length, 3);
  for (const answer of answers) t.regex(answer, /It is Paris\./);
  await untilMatch(
    served,
    served.errors,
    /:generateContent {2}200 {2}recorded [\s\S]*completions {2}200 {2}hit [\s\S]*messages {2}200 {2}recorded /,
  );
});

test('a new request is answered live and recorded, and SIGTERM leaves a saved cassette and no engine', async t => {
  const {model, environment} = await withFakeEngine(t, {says: 'Paris, of course.'});
  const served = await serve(t, ['--cassette', 'a.cassette'], {environment});
  const answer = await ask(served.address, france);
  t.is(answer.headers.get('x-retake'), 'recorded');
  t.is(answer.status, 200);
  await answer.text();
  const engine = Number(await readFile(`${model}.pid`, 'utf8'));
  t.true(isAlive(engine));

  served.child.kill('SIGTERM');
  const {exitCode} = await served.child;
  t.is(exitCode, 0);
  await eventually('the engine has ended', () => !isAlive(engine));
  const [recorded] = await interactionsIn(join(served.directory, 'a.cassette'));
  t.is(textOf(recorded?.takes[0]), 'Paris, of course.');
});

test('Ctrl-C during an answer stops retake and its engine', async t => {
  const {model, environment} = await withFakeEngine(t, {loads: 600_000});
  const served = await serve(t, [], {environment});
  const asked = t.throwsAsync(ask(served.address, france));
  await eventually('the engine runs', () => existsSync(`${model}.pid`));
  const engine = Number(await readFile(`${model}.pid`, 'utf8'));
  served.child.kill('SIGINT');
  const {exitCode, stderr} = await served.child;
  t.is(exitCode, 0);
  t.notRegex(stderr, /^retake: /m);
  await asked;
  await eventually('the engine has ended', () => !isAlive(engine));
});

test('a second Ctrl-C does not wait for an engine that hangs', async t => {
  const {model, environment} = await withFakeEngine(t, {});
  const served = await serve(t, [], {environment});
  await (await ask(served.address, france)).text();
  const engine = Number(await readFile(`${model}.pid`, 'utf8'));
  // It hangs because its guard, which would kill it, is stopped.
  const guard = Number(await readFile(`${model}.guard`, 'utf8'));
  process.kill(guard, 'SIGSTOP');
  t.teardown(() => isAlive(guard) && process.kill(guard, 'SIGCONT'));
  // A signal that comes while the same one is pending is lost, so a single second one could be.
  const pressing = setInterval(() => served.child.kill('SIGINT'), 200);
  t.teardown(() => clearInterval(pressing));
  t.is((await served.child).exitCode, 130);
  process.kill(guard, 'SIGCONT');
  await eventually('the engine has ended', () => !isAlive(engine));
});

test('a request without a recording is a miss in replay, and nothing is written', async t => {
  const directory = await temporaryFolder(t);
  const cassettes = join(directory, 'cassettes');
  await writeCassette(join(cassettes, 'default.cassette'), [recordingOf('Hi', 'Hello')]);
  const before = await readFile(join(cassettes, 'default.cassette'));
  await rm(join(cassettes, '.retake'), {recursive: true, force: true});
  const served = await serve(t, [], {directory, environment: {CI: 'true'}});
  const answer = await ask(served.address, france);
  t.is(answer.status, 400);
  t.is(answer.headers.get('x-retake'), 'miss');
  await answer.text();
  served.child.kill('SIGINT');
  t.is((await served.child).exitCode, 0);
  t.deepEqual(await readdir(cassettes), ['default.cassette']);
  t.deepEqual(await readFile(join(cassettes, 'default.cassette')), before);
});

test('a port in use is an error that names the port and the flag', async t => {
  const other = createServer().listen(0, '127.0.0.1');
  t.teardown(() => other.close());
  await once(other, 'listening');
  const {port} = other.address() as AddressInfo;
  const {exitCode, stdout, stderr} = await retake(t, ['serve', '--mode', 'auto', '--port', String(port)]);
  t.is(exitCode, 1);
  t.is(stdout, '');
  t.regex(stderr, new RegExp(`^retake: Port ${port} is in use.*\n.*--port.*\n$`));
});

test('an engine that cannot start stops retake with an error', async t => {
  const {environment} = await withFakeEngine(t, {fails: 'error: the model is not for me'});
  const {exitCode, stderr} = await retake(t, ['serve', '--port', '0'], {environment});
  t.is(exitCode, 1);
  t.regex(stderr, /^retake: .*the model is not for me/m);
  t.notRegex(stderr, /\n\s+at /);
});

test('an external upstream may start later', async t => {
  const served = await serve(t, ['--upstream', 'http://127.0.0.1:9']);
  await untilMatch(served, served.errors, /replaying recorded answers meanwhile/);
  t.is((await ask(served.address, france)).status, 503);
});

test('a file that is not a cassette stops retake with an error', async t => {
  const directory = await temporaryFolder(t);
  await writeFile(join(directory, 'a.cassette'), 'not a database');
  const {exitCode, stderr} = await retake(
    t,
    ['serve', '--mode', 'replay', '--port', '0', '--cassette', 'a.cassette'],
    {
      directory,
    },
  );
  t.is(exitCode, 1);
  t.regex(stderr, /^retake: .*a\.cassette/);
});

test('the log has one line for each exchange, without body, header, query string or credential', async t => {
  const directory = await temporaryFolder(t);
  await writeCassette(join(directory, 'a.cassette'), [recordingOf(france, 'It is Paris.')]);
  const served = await serve(t, ['--mode', 'replay', '--cassette', 'a.cassette'], {directory});
  await ask(served.address, france);
  await ask(served.address, 'A secret question');
  await ask(served.address, '', {body: '{"messages": "hush-body"}'});
  await fetch(`${served.address}/nowhere`);
  const log = await untilMatch(served, served.errors, /(?:.*\n){4}/);
  t.deepEqual(
    log
      .replaceAll(/\d+ ms/g, 'n ms')
      .replaceAll(/[0-9a-f]{12}/g, 'key')
      .split('\n'),
    [
      'POST /v1/chat/completions  200  hit  a key  n ms',
      'POST /v1/chat/completions  400  miss  a key  n ms  cassette_miss',
      'POST /v1/chat/completions  400  n ms  invalid_request',
      'GET /nowhere  404  n ms  not_found',
      '',
    ],
  );
  t.notRegex(served.errors() + served.output(), /hush|secret question|Paris/);
});

test('`--log json` prints a JSON object for each exchange', async t => {
  const directory = await temporaryFolder(t);
  await writeCassette(join(directory, 'cassettes', 'default.cassette'), [recordingOf('Hi', 'Hello')]);
  const served = await serve(t, ['--mode', 'replay', '--log', 'json'], {directory});
  await ask(served.address, france);
  const line = await untilMatch(served, served.errors, /\{.*\}\n/);
  const [first = ''] = served.output().split('\n');
  t.like(JSON.parse(first), {event: 'listening', address: served.address, mode: 'replay', ready: true});
  t.is(served.output(), `${first}\n`, 'there is no banner for people');
  const {time, duration, key, ...rest} = JSON.parse(line) as Record<string, unknown>;
  t.regex(String(time), /^\d{4}-\d\d-\d\dT/);
  t.is(typeof duration, 'number');
  t.regex(String(key), /^1:[0-9a-f]{64}$/);
  t.deepEqual(rest, {
    event: 'request',
    method: 'POST',
    path: '/v1/chat/completions',
    dialect: 'openai',
    model: 'gpt-4o',
    status: 400,
    outcome: 'miss',
    cassette: 'default',
    error: 'cassette_miss',
    warnings: [],
  });
});

test('with `--log json`, all lines are JSON: those about settings and the model, and requests with the model and the time of the first event', async t => {
  const {environment} = await withFakeEngine(t, {says: 'It is Paris.'});
  const served = await serve(t, ['--log', 'json'], {environment: {...environment, RETAKE_COLOUR: '1'}});
  await (await ask(served.address, france)).text();
  await untilMatch(served, served.errors, /"message":"Unknown variable `RETAKE_COLOUR`/);
  await untilMatch(served, served.errors, /"event":"request".*\n/);
  await untilMatch(served, served.errors, /"event":"notice".*\n/);
  const lines = [...served.output().split('\n'), ...served.errors().split('\n')]
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Record<string, unknown>);
  const request = lines.find(({event}) => event === 'request');
  t.like(request, {outcome: 'recorded', model: 'gpt-4o'});
  t.is(typeof request?.['firstEvent'], 'number');
});

test('`--log none --quiet` prints nothing', async t => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  const directory = await temporaryFolder(t);
  await writeCassette(join(directory, 'cassettes', 'default.cassette'), [recordingOf('Hi', 'Hello')]);
  const words = ['serve', '--mode', 'replay', '--log', 'none', '--quiet', '--port', String(port)];
  const started = await startRetake(t, words, {directory});
  const health = () =>
    fetch(`http://127.0.0.1:${port}/health`).then(
      ({ok}) => ok,
      () => false,
    );
  await eventually('it answers', health);
  started.child.kill('SIGTERM');
  await started.child;
  t.is(started.output() + started.errors(), '');
});

test('colours are used on terminals, and NO_COLOR disables them', async t => {
  const directory = await temporaryFolder(t);
  await writeCassette(join(directory, 'cassettes', 'default.cassette'), [recordingOf('Hi', 'Hello')]);
  const words = ['serve', '--mode', 'replay', '--port', '0'];
  const logLine = async (environment: Record<string, string>) => {
    const started = await startRetake(t, words, {
      directory,
      environment: {TERM: 'xterm-256color', ...environment},
      terminal: 200,
    });
    const address = await untilMatch(started, started.output, /listens on (http:\S+)/);
    await ask(address, france);
    return untilMatch(started, started.output, /POST .*\n/);
  };
  const coloured = await logLine({});
  t.not(coloured, stripVTControlCharacters(coloured));
  const plain = await logLine({NO_COLOR: '1'});
  t.is(plain, stripVTControlCharacters(plain));
});

test('on a terminal one line shows the progress of the model until it is ready, and the log goes above it', async t => {
  const {environment} = await withFakeEngine(t, {loads: 1500});
  const started = await startRetake(t, ['serve', '--port', '0'], {
    environment: {...environment, TERM: 'xterm-256color', NO_COLOR: '1'},
    terminal: 100,
  });
  const address = await untilMatch(started, started.output, /listens on (http:\S+)/);
  await untilMatch(started, started.output, /model\.gguf: loading/);
  await fetch(`${address}/nowhere`);
  await untilMatch(started, started.output, /GET \/nowhere {2}404 [\s\S]*model\.gguf: loading/);
  await untilMatch(started, started.output, /model\.gguf: ready/);
  t.pass();
});

test('with `--stop-on-stdin-end`, it stops when its standard input ends, and saves its recordings', async t => {
  const directory = await temporaryFolder(t);
  const {environment} = await withFakeEngine(t, {says: 'Paris.'});
  const words = ['serve', '--port', '0', '--log', 'json', '--stop-on-stdin-end', '--cassette', 'a.cassette'];
  const child = execa(process.execPath, [retakeProgram, ...words], {
    cwd: directory,
    extendEnv: false,
    env: {PATH: process.env['PATH'] ?? '', HOME: directory, ...environment},
    stdin: 'pipe',
  });
  t.teardown(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  const {address} = JSON.parse(String(line).split('\n')[0] ?? '');
  t.is((await ask(address, france)).status, 200);
  child.stdin.end();
  t.is((await child).exitCode, 0);
  t.is((await interactionsIn(join(directory, 'a.cassette'))).length, 1);
});
