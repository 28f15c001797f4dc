import {existsSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {interactionsIn} from '../support/cassette-files.js';
import {keyOf, takeOf, textOf} from '../support/recordings.js';
import {retake} from '../support/retake.js';
import {writeStoredCassette} from '../support/stored-cassette.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const held = {
  'France?': [takeOf('Paris', 1), takeOf('It is Paris', 2)],
  'Spain?': [takeOf('Madrid', 3)],
  'Italy?': [takeOf('Rome', 4)],
};

/** A folder with one cassette, and a program that asks the questions in its arguments. */
async function project(t: ExecutionContext) {
  const directory = await temporaryFolder(t);
  const path = await writeStoredCassette(join(directory, 'a.cassette'), held);
  await writeFile(
    join(directory, 'ask.mjs'),
    `for (const content of process.argv.slice(2)) {
       const body = JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content}]});
       const headers = {'content-type': 'application/json'};
       await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {method: 'POST', headers, body});
     }`,
  );
  const run = (report: string, ...questions: readonly string[]) =>
    retake(
      t,
      [
        'run',
        '--cassette',
        'a.cassette',
        '--mode',
        'replay',
        '--report',
        report,
        '--',
        'node',
        'ask.mjs',
        ...questions,
      ],
      {directory},
    );
  const prune = (...words: readonly string[]) => retake(t, ['prune', 'a.cassette', ...words], {directory});
  return {directory, path, run, prune};
}

async function answersIn(path: string) {
  return (await interactionsIn(path)).flatMap(({takes}) => takes.map(textOf)).sort();
}

test('takes that no run used are removed with --write, and only listed without it', async t => {
  const {directory, path, run, prune} = await project(t);
  await run('one.json', 'France?');
  await run('two.json', 'Italy?');
  const before = await readFile(path);
  const {exitCode, stdout} = await prune('--unused', 'one.json', 'two.json');
  t.is(exitCode, 0);
  t.regex(stdout, /^a\.cassette: 2 of 4 takes unused\n/);
  t.regex(stdout, new RegExp(`\n {2}${keyOf('France?').slice(2, 14)} {2}France\\? \\(take 2\\)\n`));
  t.regex(stdout, new RegExp(`\n {2}${keyOf('Spain?').slice(2, 14)} {2}Spain\\?\n`));
  t.regex(stdout, /\nNothing was removed\. Add --write to remove them\.\n$/);
  t.deepEqual(await readFile(path), before);
  t.false(existsSync(join(directory, '.retake')));
  t.regex((await prune('--write', '--unused', 'one.json', 'two.json')).stdout, /2 of 4 takes removed/);
  t.deepEqual(await answersIn(path), ['Paris', 'Rome']);
});

test('takes recorded after the runs stay, also if they replaced another take', async t => {
  const {path, run, prune} = await project(t);
  await run('one.json', 'France?');
  await writeStoredCassette(path, {
    ...held,
    'Spain?': [takeOf('Barcelona', 5)],
    'Japan?': [takeOf('Tokyo', 6)],
  });
  await prune('--write', '--unused', 'one.json');
  t.deepEqual(await answersIn(path), ['Barcelona', 'Paris', 'Tokyo']);
});

test('the report of a failed run is refused, and so is any other file', async t => {
  const {directory, path, run, prune} = await project(t);
  await run('missed.json', 'France?', 'Japan?');
  const before = await readFile(path);
  const failed = await prune('--write', '--unused', 'missed.json');
  t.is(failed.exitCode, 2);
  t.regex(failed.stderr, /missed\.json is the report of a run that failed with 3/);
  await writeFile(join(directory, 'other.json'), '{"version": 1}');
  t.is((await prune('--write', '--unused', 'other.json')).exitCode, 2);
  t.is((await prune('--write')).exitCode, 2);
  t.deepEqual(await readFile(path), before);
  t.is((await prune('--write', '--allow-failed', '--unused', 'missed.json')).exitCode, 0);
  t.deepEqual(await answersIn(path), ['Paris']);
});

test('a cassette that no report mentions is left alone', async t => {
  const {directory, run} = await project(t);
  await run('one.json', 'France?');
  await writeStoredCassette(join(directory, 'b.cassette'), held);
  const {stdout} = await retake(t, ['prune', '.', '--json', '--unused', 'one.json'], {directory});
  t.like(JSON.parse(stdout), {version: 1, written: false, unknown: ['b.cassette']});
});

test('cassettes that no run opened are removed with --unopened, except for what was recorded later', async t => {
  const {directory, run} = await project(t);
  await run('one.json', 'France?', 'France?');
  const future = Date.now() + 60_000;
  const old = await writeStoredCassette(join(directory, 'old.cassette'), {'Japan?': [takeOf('Tokyo', 5)]});
  const fresh = await writeStoredCassette(join(directory, 'fresh.cassette'), {
    'Japan?': [takeOf('Tokyo', 5)],
    'Peru?': [takeOf('Lima', future)],
  });
  const prune = (...words: readonly string[]) =>
    retake(t, ['prune', '.', '--unused', 'one.json', ...words], {directory});
  t.regex((await prune('--write')).stdout, /old\.cassette: skipped, no report names it/);
  const dry = await prune('--unopened');
  t.regex(dry.stdout, /old\.cassette: 1 of 1 take unused/);
  t.true(existsSync(old));
  await prune('--unopened', '--write');
  t.false(existsSync(old));
  t.deepEqual(await answersIn(fresh), ['Lima']);
});
