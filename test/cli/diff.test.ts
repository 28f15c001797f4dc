import {readFileSync} from 'node:fs';
import {mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Value} from '@sinclair/typebox/value';
import test, {type ExecutionContext} from 'ava';
import {DiffReport, diffReportSchema} from '../../src/report/json.js';
import {writeCassette} from '../support/cassette-files.js';
import {type GitRepository, gitRepository} from '../support/git-repository.js';
import {keyOf, recordingOf, takeOf} from '../support/recordings.js';
import {retake} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const france = 'What is the capital of France?';
const japan = 'What is the capital of Japan?';

/** Re-records into a cassette of a folder. */
async function record(
  directory: string,
  answers: Readonly<Record<string, string>>,
  name = 'a',
): Promise<void> {
  const path = join(directory, 'cassettes', `${name}.cassette`);
  await rm(path, {force: true});
  await mkdir(join(directory, 'cassettes'), {recursive: true});
  await writeCassette(
    path,
    Object.entries(answers).map(([question, answer]) => recordingOf(question, answer)),
  );
}

/** A repository whose branch `topic` changes the words of one answer, while `main` got commits as well. */
async function repositoryWithBranch(t: ExecutionContext): Promise<GitRepository> {
  const repository = await gitRepository(t);
  const {directory, git, commit} = repository;
  await record(directory, {[france]: 'Paris.', [japan]: 'Tokyo.'});
  await commit('Record');
  await git('checkout', '--quiet', '-b', 'topic');
  await record(directory, {[france]: 'It is Paris.', [japan]: 'Tokyo.'});
  await commit('Record anew');
  await git('checkout', '--quiet', 'main');
  await record(directory, {[france]: 'Paris.', [japan]: 'Kyoto.'});
  await commit('Record Japan');
  await git('checkout', '--quiet', 'topic');
  return repository;
}

async function diff(t: ExecutionContext, directory: string, ...words: readonly string[]) {
  return retake(t, ['diff', ...words], {directory});
}

async function verdictsOf(t: ExecutionContext, directory: string, ...words: readonly string[]) {
  const {stdout, stderr} = await diff(t, directory, '--json', ...words);
  const report: unknown = stdout === '' ? stderr : JSON.parse(stdout);
  if (!Value.Check(DiffReport, report)) throw new Error(`That is no report: ${stdout}${stderr}`);
  return report.cassettes.flatMap(({path, changes}) =>
    changes.map(({verdict, question}) => `${path}: ${verdict} ${question}`),
  );
}

test('two files are compared, and a significant change makes the exit code 1', async t => {
  const directory = await temporaryFolder(t);
  await writeCassette(join(directory, 'old.cassette'), [
    recordingOf(france, 'Paris.'),
    recordingOf(japan, 'Tokyo.'),
  ]);
  await writeCassette(join(directory, 'new.cassette'), [
    recordingOf(france, 'It is Paris.'),
    recordingOf(japan, takeOf(['Tok', 'yo.'], 1_770_000_000_000)),
  ]);
  const {exitCode, stdout, stderr} = await diff(t, directory, 'old.cassette', 'new.cassette');
  t.is(stderr, '');
  t.deepEqual(stdout.split('\n'), [
    'old.cassette → new.cassette: 1 change, 1 of them set to fail',
    '',
    'new.cassette: 1 text, 1 identical',
    '',
    `  text       "What is the capital of France?"  ${keyOf(france).slice(2, 14)}`,
    '    - the text changed',
    '    │ {+It is +}Paris.',
    '    was  gemma-3-270m-it (b6000) · asked for as gemini-2.5-flash · 2025-10-09T08:53:20Z · stop · 5 + 3 tokens',
    '    now  gemma-3-270m-it (b6000) · asked for as gemini-2.5-flash · 2025-10-09T08:53:20Z · stop · 5 + 3 tokens',
    '',
  ]);
  t.is(exitCode, 1);
});

test('differences only in time and chunks exit with 0', async t => {
  const directory = await temporaryFolder(t);
  await writeCassette(join(directory, 'old.cassette'), [recordingOf(france, 'Paris.')]);
  await writeCassette(join(directory, 'new.cassette'), [recordingOf(france, takeOf(['Par', 'is.'], 5))]);
  const {exitCode, stdout} = await diff(t, directory, 'old.cassette', 'new.cassette');
  t.regex(stdout, /no answer changed/);
  t.is(exitCode, 0);
});

test('the files of two folders are paired by name', async t => {
  const directory = await temporaryFolder(t);
  for (const [folder, names] of Object.entries({old: ['both', 'gone'], new: ['both', 'fresh']})) {
    await mkdir(join(directory, folder));
    for (const name of names) {
      await writeCassette(join(directory, folder, `${name}.cassette`), [recordingOf(france, folder)]);
    }
  }
  t.deepEqual(await verdictsOf(t, directory, 'old', 'new'), [
    `${join('new', 'both.cassette')}: text ${france}`,
    `${join('new', 'fresh.cassette')}: added ${france}`,
    `${join('new', 'gone.cassette')}: removed ${france}`,
  ]);
});

test('`A...B` shows what a branch changed, and `A..B` how two branches differ', async t => {
  const {directory} = await repositoryWithBranch(t);
  const path = 'cassettes/a.cassette';
  t.deepEqual(await verdictsOf(t, directory, 'main...topic'), [`${path}: text ${france}`]);
  t.deepEqual(await verdictsOf(t, directory, 'main...'), [`${path}: text ${france}`]);
  t.deepEqual(await verdictsOf(t, directory, 'main..topic'), [
    `${path}: text ${france}`,
    `${path}: text ${japan}`,
  ]);
});

test('`--base` compares the work tree with the merge base, untracked files included', async t => {
  const {directory} = await repositoryWithBranch(t);
  await record(directory, {[france]: 'Paris!', [japan]: 'Tokyo.'});
  await record(directory, {[japan]: 'Tokyo.'}, 'new');
  t.deepEqual(await verdictsOf(t, directory, '--base', 'main'), [
    `cassettes/a.cassette: text ${france}`,
    `cassettes/new.cassette: added ${japan}`,
  ]);
  t.deepEqual(await verdictsOf(t, join(directory, 'cassettes'), '--base', 'main', 'new.cassette'), [
    `cassettes/new.cassette: added ${japan}`,
  ]);
});

test('`--staged` compares the index with the last commit, and no argument the work tree', async t => {
  const {directory, git} = await repositoryWithBranch(t);
  await record(directory, {[france]: 'Staged.', [japan]: 'Tokyo.'});
  await git('add', '--all');
  await record(directory, {[france]: 'Staged.', [japan]: 'Worked on.'});
  t.deepEqual(await verdictsOf(t, directory, '--staged'), [`cassettes/a.cassette: text ${france}`]);
  t.deepEqual(await verdictsOf(t, directory), [
    `cassettes/a.cassette: text ${france}`,
    `cassettes/a.cassette: text ${japan}`,
  ]);
  await rm(join(directory, 'cassettes', 'a.cassette'));
  t.is((await verdictsOf(t, directory)).filter(line => line.includes('removed')).length, 2);
});

test('before the first commit everything is new', async t => {
  const {directory, git} = await gitRepository(t);
  await record(directory, {[france]: 'Paris.'});
  t.deepEqual(await verdictsOf(t, directory), [`cassettes/a.cassette: added ${france}`]);
  await git('add', '--all');
  t.deepEqual(await verdictsOf(t, directory, '--staged'), [`cassettes/a.cassette: added ${france}`]);
});

test('comparing commits leaves no trace in the folder', async t => {
  const {directory, git} = await repositoryWithBranch(t);
  const before = await readdir(directory, {recursive: true});
  await diff(t, directory, 'main...topic');
  t.deepEqual(await readdir(directory, {recursive: true}), before);
  t.is(await git('status', '--porcelain'), '');
});

/** Unreadable cassettes and their errors. */
const unreadable: Record<string, {damage: (bytes: Buffer) => Buffer; said: RegExp}> = {
  truncated: {damage: bytes => bytes.subarray(0, bytes.length - 1024), said: /is truncated/},
  text: {damage: () => Buffer.from('once upon a time'), said: /is not a cassette/},
  'of a newer retake version': {
    damage: bytes => {
      bytes.writeUInt32BE(99, 60);
      return bytes;
    },
    said: /was written by a newer retake/,
  },
  'edited by hand': {
    damage: bytes => Buffer.from(bytes.toString('latin1').replace('It is Paris', 'It is Lyons'), 'latin1'),
    said: /is damaged in the interaction 1:[0-9a-f]+: take 1: it does not match its digest/,
  },
};

for (const [name, {damage, said}] of Object.entries(unreadable)) {
  test(`a committed cassette that is ${name} is an error that names its commit and path`, async t => {
    const {directory, commit} = await repositoryWithBranch(t);
    const path = join(directory, 'cassettes', 'a.cassette');
    await writeFile(path, damage(await readFile(path)));
    await commit('Damage it');
    const {exitCode, stdout, stderr} = await diff(t, directory, 'main...topic');
    t.is(exitCode, 2);
    t.is(stdout, '');
    t.regex(stderr, /^retake: The cassette cassettes\/a\.cassette of topic \([0-9a-f]{10}\) /);
    t.regex(stderr, said);
  });
}

/** Invalid arguments and their errors. */
const mistakes: Record<string, {words: readonly string[]; said: RegExp}> = {
  'an unknown branch': {words: ['nowhere...HEAD'], said: /Expected a commit, but `nowhere` does not exist/},
  'a branch that looks like an option': {
    words: ['--base=--output=x'],
    said: /Expected a commit, but `--output=x` does not exist/,
  },
  'a single word that is neither path nor range': {words: ['nowhere'], said: /Expected two files or folders/},
  'a missing path': {words: ['cassettes', 'nowhere'], said: /There is no cassette at nowhere/},
  'a file and a folder': {words: ['cassettes/a.cassette', 'cassettes'], said: /got a file and a folder/},
  'an unknown verdict': {
    words: ['--fail-on', 'ugly'],
    said: /Expected verdicts in --fail-on, got `ugly`/,
  },
  'a tolerance that is not a number': {
    words: ['--tokens', 'few'],
    said: /Expected --tokens to be a percentage/,
  },
};

for (const [name, {words, said}] of Object.entries(mistakes)) {
  test(`${name} is an error with exit code 2`, async t => {
    const {directory} = await repositoryWithBranch(t);
    const {exitCode, stdout, stderr} = await diff(t, directory, ...words);
    t.regex(stderr, said);
    t.is(stdout, '');
    t.is(exitCode, 2);
  });
}

test('outside a repository, comparing commits is an error', async t => {
  const {exitCode, stderr} = await retake(t, ['diff', 'main...HEAD'], {
    environment: {GIT_CEILING_DIRECTORIES: '/'},
  });
  t.regex(stderr, /not a git repository/);
  t.is(exitCode, 2);
});

test('`--fail-on` chooses the verdicts that make the exit code 1', async t => {
  const {directory} = await repositoryWithBranch(t);
  const codeFor = async (verdicts: string) =>
    (await diff(t, directory, 'main...topic', '--fail-on', verdicts)).exitCode;
  t.is(await codeFor('shape,tool-call'), 0);
  t.is(await codeFor('text'), 1);
  t.is(await codeFor('none'), 0);
  t.is(await codeFor('all'), 1);
});

test('`--output` writes a complete file, and nothing to stdout', async t => {
  const {directory} = await repositoryWithBranch(t);
  const {exitCode, stdout} = await diff(
    t,
    directory,
    'main...topic',
    '--format',
    'html',
    '--output',
    'review.html',
  );
  t.is(exitCode, 1);
  t.is(stdout, '');
  t.regex(await readFile(join(directory, 'review.html'), 'utf8'), /^<!doctype html>[\s\S]*<\/html>\n$/);
  const failed = await diff(t, directory, 'main...topic', '--output', 'nowhere/review.html');
  t.regex(failed.stderr, /cannot be written/);
  t.is(failed.exitCode, 2);
});

test('colours appear on a terminal, and not if NO_COLOR is set', async t => {
  const {directory} = await repositoryWithBranch(t);
  const words = ['diff', 'main...topic'];
  const terminal = {directory, terminal: 100};
  const coloured = await retake(t, words, {...terminal, environment: {TERM: 'xterm-256color'}});
  t.true(coloured.stdout.includes('\u001b[3'));
  const plain = await retake(t, words, {...terminal, environment: {TERM: 'xterm-256color', NO_COLOR: '1'}});
  t.false(plain.stdout.includes('\u001b['));
});

test('the published report schema is the one in the code', t => {
  const published: unknown = JSON.parse(readFileSync('retake.diff.schema.json', 'utf8'));
  t.deepEqual(published, diffReportSchema(), 'run `node scripts/write-schemas.mjs` after a build');
});

test('a file name with a line break and a branch name are printed as data', async t => {
  const {directory, git, commit} = await gitRepository(t);
  await commit('Begin');
  await git('checkout', '--quiet', '-b', 'x;id>owned');
  await record(directory, {[france]: 'Paris.'}, 'a\n::error::owned');
  await commit('Record');
  const {stdout, stderr} = await diff(t, directory, 'main...x;id>owned');
  t.is(stderr, '');
  t.notRegex(stdout, /^\s*::/m);
  t.false((await readdir(directory)).includes('owned'));
});
