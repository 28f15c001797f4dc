import {mkdir, readdir, readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {readLastMiss, saveLastMiss} from '../../cli/output/last-miss.js';
import type {MissReport} from '../../src/cassette/miss.js';
import {eventually} from '../support/eventually.js';
import {keyOf} from '../support/recordings.js';
import {retake} from '../support/retake.js';
import {writeStoredCassette} from '../support/stored-cassette.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const secret = `sk-proj-${'a1B2'.repeat(10)}`;

async function project(t: ExecutionContext) {
  const directory = await temporaryFolder(t);
  const path = await writeStoredCassette(join(directory, 'a.cassette'), {
    'France?': ['Paris'],
    'Spain?': ['Madrid'],
  });
  const explain = async (body: unknown, ...words: readonly string[]) => {
    await writeFile(join(directory, 'request.json'), JSON.stringify(body));
    return retake(t, ['explain', 'request.json', '--cassette', 'a.cassette', ...words], {directory});
  };
  return {directory, path, explain};
}

const asked = {
  gemini: {contents: [{parts: [{text: 'France?'}]}]},
  openai: {model: 'gpt-4o', messages: [{role: 'user', content: 'France?'}]},
};

for (const [dialect, body] of Object.entries(asked)) {
  test(`a hit is printed with its key, and the body identifies ${dialect}`, async t => {
    const {explain, path} = await project(t);
    const before = await readFile(path);
    const {exitCode, stdout} = await explain(body);
    t.is(exitCode, 0);
    t.regex(stdout, new RegExp(`^hit {6}${keyOf('France?')}\n {9}"France\\?" in a\n`));
    t.deepEqual(await readFile(path), before);
  });
}

test('faults of the configuration do not change what a request matches', async t => {
  const {explain, directory} = await project(t);
  await writeFile(join(directory, 'retake.config.json'), '{"faults": [{"fault": "overloaded"}]}');
  const {exitCode, stdout} = await explain(asked.openai);
  t.is(exitCode, 0);
  t.regex(stdout, /^hit /);
});

test('a miss names the nearest recording and the parts that differ, with their digests', async t => {
  const {explain} = await project(t);
  const {exitCode, stdout} = await explain({...asked.openai, temperature: 0.5});
  t.is(exitCode, 1);
  t.regex(stdout, /^miss {5}1:[0-9a-f]{64}\n/);
  t.regex(
    stdout,
    new RegExp(`\nnearest {2}${keyOf('France?')}\n {9}"France\\?"\n {2}- temperature: asked 0\\.5`),
  );
  t.regex(stdout, /\n {2}= {2}operation {6}([0-9a-f]{12}) {2}\1\n/);
  t.regex(stdout, /\n {2}≠ {2}temperature {4}[0-9a-f]{12}\n/);
  t.regex(stdout, /\n {2}= {2}turn 1 \(user\) {2}([0-9a-f]{12}) {2}\1\n/);
  const json = await explain({...asked.openai, temperature: 0.5}, '--json');
  t.like(JSON.parse(json.stdout), {
    version: 1,
    outcome: 'miss',
    cassette: 'a',
    nearest: {key: keyOf('France?')},
  });
});

test('a request that the API refuses gets the API’s error; an unknown body asks for a path', async t => {
  const {explain} = await project(t);
  const refused = await explain({...asked.gemini, generationConfig: {nonsense: 1}});
  t.is(refused.exitCode, 1);
  t.regex(refused.stderr, /The request is refused with 400: [\s\S]*nonsense/);
  const unknown = await explain({question: 'France?'});
  t.is(unknown.exitCode, 2);
  t.regex(unknown.stderr, /--dialect gemini, anthropic, or openai, or with --path/);
  t.is((await explain(asked.openai, '--path', '/v1/chat/completions')).exitCode, 0);
  t.is((await explain('nonsense')).exitCode, 2);
});

/** Runs a program in a project that sends one question, which is not recorded. */
async function miss(
  t: ExecutionContext,
  question: string,
  {directory, environment}: {directory: string; environment: Record<string, string>},
) {
  const body = JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content: question}]});
  const program = `await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {method: 'POST', headers: {'content-type': 'application/json'}, body: ${JSON.stringify(body)}})`;
  const run = ['run', '--mode', 'replay', '--cassette', 'a.cassette', '--', 'node', '-e', program];
  t.is((await retake(t, run, {directory, environment})).exitCode, 3);
}

test('`--last` explains the last miss of a run, and stores no secret', async t => {
  const {directory} = await project(t);
  const cache = await temporaryFolder(t);
  const environment = {RETAKE_CACHE_DIR: cache};
  const nothing = await retake(t, ['explain', '--last'], {directory, environment});
  t.is(nothing.exitCode, 1);
  t.regex(nothing.stderr, /^retake: No miss of this project is saved in /);
  await miss(t, `France? ${secret}`, {directory, environment});
  const {exitCode, stdout} = await retake(t, ['explain', '--last'], {directory, environment});
  t.is(exitCode, 1);
  t.regex(stdout, /turn 1 \(user\), line 1: asked "France\? <redacted:api-key:1>", recorded "France\?"/);
  const [name = '', ...others] = await readdir(join(cache, 'last-miss'));
  t.deepEqual(others, []);
  const saved = join(cache, 'last-miss', name);
  t.false((await readFile(saved, 'utf8')).includes(secret));
  t.is((await stat(saved)).mode & 0o077, 0);
});

test('`--last` explains the miss of its own project, also from a folder below its configuration', async t => {
  const [one, other] = [await project(t), await project(t)];
  const environment = {RETAKE_CACHE_DIR: await temporaryFolder(t)};
  await writeFile(join(one.directory, 'retake.config.json'), '{}');
  await mkdir(join(one.directory, 'below'));
  await miss(t, 'Norway?', {directory: one.directory, environment});
  await miss(t, 'Sweden?', {directory: other.directory, environment});
  const last = async (directory: string) =>
    (await retake(t, ['explain', '--last'], {directory, environment})).stdout;
  t.regex(await last(one.directory), /"Norway\?" in a\n/);
  t.regex(await last(join(one.directory, 'below')), /"Norway\?" in a\n/);
  t.regex(await last(other.directory), /"Sweden\?" in a\n/);
});

const damages = {
  'no JSON': '{"version": 1,',
  'another version': '{"version": 2}',
  'a member of another type': JSON.stringify({
    version: 1,
    path: 'a.cassette',
    report: {cassette: 'a', key: 1, question: '', view: {}, message: ''},
  }),
};

for (const [damage, text] of Object.entries(damages)) {
  test(`a saved miss with ${damage} is an error that names its file`, async t => {
    const {directory} = await project(t);
    const cache = await temporaryFolder(t);
    const environment = {RETAKE_CACHE_DIR: cache};
    await miss(t, 'Norway?', {directory, environment});
    const [name = ''] = await readdir(join(cache, 'last-miss'));
    await writeFile(join(cache, 'last-miss', name), text);
    const {exitCode, stdout, stderr} = await retake(t, ['explain', '--last'], {directory, environment});
    t.is(exitCode, 1);
    t.is(stdout, '');
    t.regex(stderr, /^retake: The saved miss \S+\.json is damaged: .+\n {2}Delete the file/);
    t.true(stderr.includes(name));
  });
}

test('of many misses at once the newest is saved, and no draft stays', async t => {
  const project = {cacheDir: await temporaryFolder(t), file: undefined, directory: '/project'};
  const save = saveLastMiss(project, '/project/a.cassette');
  for (let number = 1; number <= 50; number++) save(reportOf(`question ${number}`));
  await eventually('the newest is saved', async () => {
    const saved = await readLastMiss(project).catch(() => undefined);
    return saved?.report.question === 'question 50';
  });
  t.is((await readdir(join(project.cacheDir, 'last-miss'))).length, 1);
});

function reportOf(question: string): MissReport {
  return {cassette: 'a', key: keyOf(question), question, view: {}, message: 'no recording'};
}
