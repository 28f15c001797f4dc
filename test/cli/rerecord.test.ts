import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {interactionsIn} from '../support/cassette-files.js';
import {textOf} from '../support/recordings.js';
import {retake, startRetake, untilMatch, withFakeEngine} from '../support/retake.js';
import {writeStoredCassette} from '../support/stored-cassette.js';
import {temporaryFolder} from '../support/temporary-folder.js';

async function project(t: ExecutionContext, behaviour: object) {
  const directory = await temporaryFolder(t);
  const path = await writeStoredCassette(join(directory, 'a.cassette'), {
    'France?': ['Paris'],
    'Spain?': ['Madrid'],
  });
  const {environment} = await withFakeEngine(t, behaviour);
  const options = {directory, environment};
  return {
    path,
    options,
    rerecord: (...words: string[]) => retake(t, ['rerecord', 'a.cassette', ...words], options),
  };
}

test('`rerecord --drift` exits with 1 if the model answers differently, and writes nothing', async t => {
  const {path, rerecord} = await project(t, {says: 'Lyon'});
  const before = await readFile(path);
  const {exitCode, stdout} = await rerecord('--drift');
  t.is(exitCode, 1);
  t.regex(stdout, /^a\.cassette: 2 interactions sent again, 2 differ\n/);
  t.regex(stdout, /\n {2}text {7}"France\?" {2}[0-9a-f]{12}\n {4}- /);
  t.deepEqual(await readFile(path), before);
});

test('`rerecord` replaces changed answers, exits with 0, and then reports no drift', async t => {
  const {path, rerecord} = await project(t, {says: 'Lyon'});
  const first = await rerecord('--filter', 'France');
  t.is(first.exitCode, 0);
  t.regex(first.stdout, /^a\.cassette: 1 interaction sent again, 1 replaced\n/);
  t.deepEqual((await interactionsIn(path)).flatMap(({takes}) => takes.map(textOf)).sort(), [
    'Lyon',
    'Madrid',
  ]);
  const drift = await rerecord('--drift', '--filter', 'France', '--json');
  t.is(drift.exitCode, 0);
  t.like(JSON.parse(drift.stdout), {
    version: 1,
    drift: true,
    cassettes: [{asked: 1, changes: [], failed: []}],
  });
});

test('Ctrl-C stops rerecord and the engine while the model loads', async t => {
  const {path, options} = await project(t, {loads: 600_000});
  const before = await readFile(path);
  const started = await startRetake(t, ['rerecord', 'a.cassette'], options);
  await untilMatch(started, started.errors, /starting|loading|model/i);
  started.child.kill('SIGINT');
  const {exitCode, stderr} = await started.child;
  t.is(exitCode, 130);
  t.regex(stderr, /Stopped before the last request/);
  t.deepEqual(await readFile(path), before);
});

test('a request that crashes the engine is named, and makes the exit code 1', async t => {
  const {rerecord} = await project(t, {says: 'Lyon', diesOn: 'Spain?'});
  const {exitCode, stdout} = await rerecord('--json');
  t.is(exitCode, 1);
  const [cassette] = (JSON.parse(stdout) as {cassettes: {failed: {question: string}[]}[]}).cassettes;
  t.true(cassette?.failed.some(({question}) => question === 'Spain?'));
});
