import {mkdir, symlink} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {writeCassette} from '../support/cassette-files.js';
import {onTerminal} from '../support/on-terminal.js';
import {recordingOf} from '../support/recordings.js';
import {retake, retakeProgram} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const nothing = ['--', process.execPath, '-e', 'console.log("ran")'];

test('without a terminal, a first run without a chosen model says which one it takes', async t => {
  const {exitCode, stderr} = await retake(t, ['run', '--mode', 'auto', '--no-wait', ...nothing]);
  t.is(exitCode, 0);
  t.regex(stderr, /^retake: No model was chosen, so gemma3-4b answers .*3\.3 GB.*5 GB of memory.*--model/);
});

test('with recordings, a chosen model, or strict replay, nothing is said', async t => {
  const directory = await temporaryFolder(t);
  const run = (...words: readonly string[]) =>
    retake(t, ['run', '--no-wait', ...words, ...nothing], {directory});
  t.notRegex((await run('--model', 'gemma3-270m')).stderr, /No model/);
  t.notRegex((await run('--upstream', 'http://127.0.0.1:1')).stderr, /No model/);
  t.notRegex((await run('--quiet')).stderr, /No model/);
  await mkdir(join(directory, 'cassettes'));
  await writeCassette(join(directory, 'cassettes', 'default.cassette'), [recordingOf('Hi', 'Hello')]);
  t.notRegex((await run('--mode', 'auto')).stderr, /No model/);
  t.notRegex((await run('--mode', 'replay')).stderr, /No model/);
});

test('on a terminal it asks until it gets an answer, and a server can be the answer', async t => {
  const {url, requests} = await refusingServer(t);
  const {stdout, exitCode} = await runOnTerminal(t, ['nonsense', url]);
  t.regex(stdout, /1 +gemma3-270m +0\.3 GB to download/);
  t.regex(stdout, /2 +gemma3-4b +3\.3 GB/);
  t.regex(stdout, /3 +gemma3-12b +8\.2 GB/);
  t.regex(stdout, /Expected a number from 1 to 3, provider, or an address/);
  t.is(exitCode, 1, stdout);
  t.regex(stdout, /does not accept retake's credential/);
  t.true(requests() > 0, 'the server that was named is asked');
});

test('on a terminal, a number chooses a model of the catalogue', async t => {
  const {stdout} = await runOnTerminal(t, ['1'], '/nonexistent');
  t.regex(stdout, /Python/, 'the engine of the model is what it goes for');
  t.notRegex(stdout, /^ran/m);
});

test('on a terminal, the provider can be the answer, and needs a key', async t => {
  const {stdout, exitCode} = await runOnTerminal(t, ['provider']);
  t.regex(stdout, /or provider: the real API of each request, asked with your own key/);
  t.regex(stdout, /OPENAI_API_KEY/);
  t.notRegex(stdout, /^ran/m);
  t.is(exitCode, 2);
});

async function refusingServer(t: ExecutionContext) {
  let count = 0;
  const server = createServer((_request, response) => {
    count++;
    response.writeHead(401, {'content-type': 'application/json'}).end('{"error": {"message": "no key"}}');
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.teardown(() => server.close());
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests: () => count};
}

/** Runs `retake run` on a pseudo-terminal in an empty folder, and types these answers. */
async function runOnTerminal(t: ExecutionContext, answers: readonly string[], path?: string) {
  const directory = await temporaryFolder(t);
  const bin = await temporaryFolder(t);
  await symlink(process.execPath, join(bin, 'node'));
  const command = ['env', `PATH=${path ?? bin}`, process.execPath, retakeProgram, 'run', ...nothing];
  return onTerminal(
    command,
    {prompt: '(2): ', answers},
    {
      cwd: directory,
      env: {HOME: directory, XDG_CACHE_HOME: '', CI: 'false', RETAKE_MODEL: ''},
      timeout: 60_000,
    },
  );
}
