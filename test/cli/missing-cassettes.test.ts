import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {writeCassette} from '../support/cassette-files.js';
import {recordingOf} from '../support/recordings.js';
import {retake, serve} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const france = 'What is the capital of France?';

async function projectWithTwo(t: ExecutionContext): Promise<string> {
  const directory = await temporaryFolder(t);
  for (const name of ['demo', 'examples'])
    await writeCassette(join(directory, 'cassettes', `${name}.cassette`), [recordingOf(france, name)]);
  return directory;
}

/** Prints its answer, and swallows every failure. */
const application = `
const response = await fetch(process.env.RETAKE_URL + process.argv[1] + '/v1/chat/completions', {
  method: 'POST',
  headers: {'content-type': 'application/json'},
  body: JSON.stringify({model: 'm', messages: [{role: 'user', content: '${france}'}]}),
});
const answer = await response.json();
console.log(response.status, answer.choices?.[0].message.content ?? answer.error.message);`;

function asking(prefix: string): readonly string[] {
  return ['--', process.execPath, '--input-type=module', '--eval', application, prefix];
}

const wrongPaths = [
  ['cassettes/nothere.cassette', "No cassette 'nothere' in cassettes/: there are demo, examples"],
  ['cassettes/nothere', "No cassette 'nothere' in cassettes/: there are demo, examples"],
  ['elsewhere/nothere.cassette', "No cassette 'nothere' in elsewhere/: there are none"],
  ['nothere', "No cassette 'nothere' in ./: there are none"],
  ['empty', 'No cassettes in empty/'],
] as const;

for (const [path, message] of wrongPaths) {
  test(`in replay mode, \`--cassette ${path}\` is an error before the command starts`, async t => {
    const directory = await projectWithTwo(t);
    await mkdir(join(directory, 'empty'));
    const words = ['run', '--mode', 'replay', '--cassette', path, ...asking('')];
    const {exitCode, stdout, stderr} = await retake(t, words, {directory});
    t.is(exitCode, 1);
    t.is(stdout, '');
    t.is(stderr.split('\n')[0], `retake: ${message}`);
    t.regex(stderr, /--cassette/);
  });
}

test('in replay mode, a server with a wrong path does not listen', async t => {
  const directory = await projectWithTwo(t);
  const words = ['serve', '--mode', 'replay', '--port', '0', '--cassette', 'cassettes/nothere.cassette'];
  const {exitCode, stdout, stderr} = await retake(t, words, {directory});
  t.is(exitCode, 1);
  t.is(stdout, '');
  t.regex(stderr, /No cassette 'nothere' in cassettes\/: there are demo, examples/);
});

test('an unknown name in a base URL is a 404 that lists the names, and fails the run', async t => {
  const directory = await projectWithTwo(t);
  const run = ['run', '--mode', 'replay'];
  const known = await retake(t, [...run, ...asking('/@examples')], {directory});
  t.is(known.stdout, '200 examples\n');
  t.is(known.exitCode, 0);
  for (const [prefix, name] of [
    ['/@nothere', 'nothere'],
    ['', 'default'],
  ] as const) {
    const {exitCode, stdout, stderr} = await retake(t, [...run, ...asking(prefix)], {directory});
    const message = `No cassette '${name}' in cassettes/: there are demo, examples`;
    t.true(stdout.startsWith(`404 ${message}`), stdout);
    t.is(exitCode, 3);
    t.true(stderr.includes(`retake: ${message}\n`), stderr);
    t.regex(stderr, /1 missed/);
  }
});

test('a server with one cassette and another name is a miss, too', async t => {
  const directory = await projectWithTwo(t);
  const words = ['run', '--mode', 'replay', '--cassette', 'cassettes/demo.cassette', ...asking('/@nothere')];
  const {exitCode, stdout} = await retake(t, words, {directory});
  t.regex(stdout, /^404 There is no cassette "nothere"/);
  t.is(exitCode, 3);
});

test('a cassette that appears while the server runs is found', async t => {
  const directory = await projectWithTwo(t);
  const {address} = await serve(t, ['--mode', 'replay'], {directory});
  const ask = () =>
    fetch(`${address}/@late/v1/chat/completions`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({model: 'm', messages: [{role: 'user', content: france}]}),
    });
  t.is((await ask()).status, 404);
  await writeCassette(join(directory, 'cassettes', 'late.cassette'), [recordingOf(france, 'late')]);
  t.is((await ask()).status, 200);
});

test('outside strict replay, a cassette that does not exist is a new one', async t => {
  const {exitCode} = await retake(t, [
    'run',
    '--mode',
    'auto',
    '--no-wait',
    '--',
    process.execPath,
    '-e',
    '',
  ]);
  t.is(exitCode, 0);
});

test('with `--allow-missing-cassettes`, a server starts before its cassettes are there', async t => {
  const directory = await temporaryFolder(t);
  const words = ['--mode', 'replay', '--allow-missing-cassettes', '--cassette', 'cassettes'];
  const {address} = await serve(t, words, {directory});
  const ask = () =>
    fetch(`${address}/v1/chat/completions`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({model: 'm', messages: [{role: 'user', content: france}]}),
    });
  t.is((await ask()).status, 404);
  await writeCassette(join(directory, 'cassettes', 'default.cassette'), [recordingOf(france, 'Paris')]);
  t.is((await ask()).status, 200);
});
