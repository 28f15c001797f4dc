import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {writeCassette} from '../support/cassette-files.js';
import {eventually, isAlive} from '../support/eventually.js';
import {recordingOf} from '../support/recordings.js';
import {retake, startRetake, withFakeEngine} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const france = 'What is the capital of France?';
const japan = 'What is the capital of Japan?';

/** An application that prints whether the model is ready, and what it answers. */
const application = `
const health = await (await fetch(process.env.RETAKE_URL + '/health')).json();
const body = JSON.stringify({model: 'm', messages: [{role: 'user', content: process.argv[1]}]});
const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
  method: 'POST', headers: {'content-type': 'application/json'}, body,
});
const answer = await response.json();
console.log(health.upstream?.phase + ': ' + (response.ok ? answer.choices[0].message.content : 'sorry'));`;

function asking(question: string): readonly string[] {
  return ['--', process.execPath, '--input-type=module', '--eval', application, question];
}

const slowEngine = {says: 'Tokyo.', loads: 1000};

async function folderThatKnowsFrance(t: ExecutionContext): Promise<string> {
  const directory = await temporaryFolder(t);
  await writeCassette(join(directory, 'cassettes', 'default.cassette'), [
    recordingOf(france, 'It is Paris.'),
  ]);
  return directory;
}

test('without recordings, the command starts when the model is ready', async t => {
  const {environment} = await withFakeEngine(t, slowEngine);
  const {exitCode, stdout, stderr} = await retake(t, ['run', ...asking(japan)], {environment});
  t.is(stdout, 'ready: Tokyo.\n');
  t.regex(
    stderr,
    /^model model\.gguf: (loading|starting)\n(.*\n)*retake: 1 request: 0 replayed, 1 recorded\n$/,
  );
  t.is(exitCode, 0);
});

for (const mode of ['record', 'passthrough']) {
  test(`in mode ${mode}, which always asks the model, the command waits for it`, async t => {
    const directory = await folderThatKnowsFrance(t);
    const {environment} = await withFakeEngine(t, slowEngine);
    const {stdout} = await retake(t, ['run', '--mode', mode, ...asking(france)], {directory, environment});
    t.is(stdout, 'ready: Tokyo.\n');
  });
}

test('with `--no-wait`, the command starts at once, and the model with the first miss', async t => {
  const {environment} = await withFakeEngine(t, slowEngine);
  const {stdout} = await retake(t, ['run', '--no-wait', ...asking(japan)], {environment});
  t.is(stdout, 'idle: Tokyo.\n');
});

test('with recordings, the command starts at once; `--wait` waits all the same', async t => {
  const directory = await folderThatKnowsFrance(t);
  const {model, environment} = await withFakeEngine(t, slowEngine);
  const known = await retake(t, ['run', ...asking(france)], {directory, environment});
  t.is(known.stdout, 'idle: It is Paris.\n');
  t.false(existsSync(`${model}.pid`));
  const waited = await retake(t, ['run', '--wait', ...asking(japan)], {directory, environment});
  t.is(waited.stdout, 'ready: Tokyo.\n');
});

test('after a run with a miss, the next run of the same command waits', async t => {
  const directory = await folderThatKnowsFrance(t);
  const {model, environment: engine} = await withFakeEngine(t, slowEngine);
  const environment = {...engine, HOME: await temporaryFolder(t)};
  const strict = await retake(t, ['run', '--mode', 'replay', ...asking(japan)], {directory, environment});
  t.is(strict.exitCode, 3);
  t.false(existsSync(`${model}.pid`), 'replay mode starts no model');
  const {stdout, exitCode} = await retake(t, ['run', ...asking(japan)], {directory, environment});
  t.is(stdout, 'ready: Tokyo.\n');
  t.is(exitCode, 0);
  const engineOfThat = await readFile(`${model}.pid`, 'utf8');
  await retake(t, ['run', ...asking(japan)], {directory, environment});
  t.is(await readFile(`${model}.pid`, 'utf8'), engineOfThat, 'the cassette answers everything again');
});

test('a model that cannot start is an error, and the command is not started', async t => {
  const {environment} = await withFakeEngine(t, {fails: 'error: no memory for the model'});
  const {exitCode, stdout, stderr} = await retake(t, ['run', ...asking(japan)], {environment});
  t.is(exitCode, 1);
  t.is(stdout, '');
  t.regex(stderr, /^retake: .*no memory for the model/m);
});

test('an upstream that refuses the credential is an error before the command starts', async t => {
  const server = createServer((_request, response) => {
    response.writeHead(401, {'content-type': 'application/json'}).end('{"error": {"message": "no key"}}');
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const words = ['run', '--upstream', url, '--', process.execPath, '-e', 'console.log("ran")'];
  const {exitCode, stdout, stderr} = await retake(t, words);
  t.is(exitCode, 1);
  t.is(stdout, '');
  t.regex(stderr, /^retake: .*401/m);
});

test('Ctrl-C while the model loads ends the run and the engine', async t => {
  const {model, environment} = await withFakeEngine(t, {loads: 600_000});
  const {child} = await startRetake(t, ['run', ...asking(japan)], {environment});
  await eventually('the engine runs', () => existsSync(`${model}.pid`));
  const engine = Number(await readFile(`${model}.pid`, 'utf8'));
  child.kill('SIGINT');
  const {exitCode, stdout} = await child;
  t.is(exitCode, 130);
  t.is(stdout, '');
  await eventually('the engine has ended', () => !isAlive(engine));
});
