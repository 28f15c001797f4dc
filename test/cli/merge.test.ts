import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {interactionsIn} from '../support/cassette-files.js';
import {type GitRepository, gitRepository} from '../support/git-repository.js';
import {textOf} from '../support/recordings.js';
import {retake} from '../support/retake.js';
import {type StoredTakes, writeStoredCassette} from '../support/stored-cassette.js';

const name = 'my chat.cassette';

type Branches = {readonly base: StoredTakes; readonly ours: StoredTakes; readonly theirs: StoredTakes};

/** A repository whose branches `ours` and `theirs` left `main` with different recordings; `ours` is checked out. */
async function branched(t: ExecutionContext, {base, ours, theirs}: Branches, {isInstalled = true} = {}) {
  const repository = await gitRepository(t);
  const {directory, git, commit} = repository;
  const path = join(directory, name);
  if (isInstalled) await retake(t, ['git', 'install'], {directory});
  await writeFile(join(directory, 'README'), 'A project.\n');
  if (Object.keys(base).length > 0) await writeStoredCassette(path, base);
  await commit('Start');
  for (const [branch, held] of Object.entries({theirs, ours})) {
    await git('checkout', '--quiet', '-b', branch, 'main');
    await writeStoredCassette(path, held);
    await commit(`Record on ${branch}`);
  }
  return {...repository, path};
}

async function answersIn(path: string): Promise<Readonly<Record<string, string>>> {
  const interactions = await interactionsIn(path);
  return Object.fromEntries(
    interactions.map(({view, takes}) => [
      /"text":"([^"]*)"/.exec(JSON.stringify(view))?.[1] ?? '',
      takes.map(textOf).join(' '),
    ]),
  );
}

const disjoint: Branches = {
  base: {'France?': ['Paris'], 'Old?': ['Gone'], 'Kept?': ['Yes']},
  ours: {'France?': ['Paris'], 'Kept?': ['Yes'], 'Spain?': ['Madrid'], 'Same?': ['Same']},
  theirs: {
    'France?': ['It is Paris'],
    'Old?': ['Gone'],
    'Kept?': ['Yes'],
    'Italy?': ['Rome'],
    'Same?': ['Same'],
  },
};
const together = {
  'France?': 'It is Paris',
  'Italy?': 'Rome',
  'Kept?': 'Yes',
  'Same?': 'Same',
  'Spain?': 'Madrid',
};

test('recordings of two branches merge automatically, into the same bytes in both directions', async t => {
  const {git, path} = await branched(t, disjoint);
  await git('merge', '--quiet', '--no-edit', 'theirs');
  t.deepEqual(await answersIn(path), together);
  const there = await readFile(path);
  await git('checkout', '--quiet', 'theirs');
  await git('merge', '--quiet', '--no-edit', 'ours~1');
  t.deepEqual(await readFile(path), there);
  t.is(await git('status', '--porcelain'), '');
});

test('a rebase and a cherry-pick merge as well', async t => {
  const {git, path} = await branched(t, disjoint);
  await git('rebase', '--quiet', 'theirs');
  t.deepEqual(await answersIn(path), together);
  await git('checkout', '--quiet', '-B', 'picked', 'main');
  await git('cherry-pick', 'theirs');
  await git('cherry-pick', 'ours');
  t.deepEqual(await answersIn(path), together);
});

test('a file that both branches added is merged', async t => {
  const {git, path} = await branched(t, {base: {}, ours: {'A?': ['a']}, theirs: {'B?': ['b']}});
  await git('merge', '--quiet', '--no-edit', 'theirs');
  t.deepEqual(await answersIn(path), {'A?': 'a', 'B?': 'b'});
});

const conflicting: Branches = {
  base: {'France?': ['Paris'], 'Hi?': ['Hello']},
  ours: {'France?': ['It is Paris'], 'Hi?': ['Hello'], 'A?': ['a']},
  theirs: {'France?': ['Paris, of course'], 'B?': ['b'], 'Hi?': ['Hello']},
};

test('two answers to one request are a conflict that names the request; the file is valid and holds ours', async t => {
  const {directory, git, path} = await branched(t, conflicting);
  const error = await t.throwsAsync(git('merge', '--no-edit', 'theirs'));
  const told = `${error?.message}`;
  t.regex(told, /retake: my chat\.cassette: 1 conflict; the file has our side/);
  t.regex(told, /"France\?" {2}[0-9a-f]{12}\n {4}ours {4}It is Paris\n {4}theirs {2}Paris, of course\n/);
  t.regex(told, /CONFLICT \(content\): Merge conflict in my chat\.cassette/);
  t.deepEqual(await answersIn(path), {'A?': 'a', 'B?': 'b', 'France?': 'It is Paris', 'Hi?': 'Hello'});
  t.is((await retake(t, ['verify', name], {directory})).exitCode, 0);
});

for (const {flag, france} of [
  {flag: '--ours', france: 'It is Paris'},
  {flag: '--theirs', france: 'Paris, of course'},
  {flag: '--both', france: 'It is Paris Paris, of course'},
]) {
  for (const isInstalled of [true, false]) {
    test(`\`resolve ${flag}\` resolves and stages, ${isInstalled ? 'after the merge driver stopped' : 'also without the merge driver'}`, async t => {
      const {directory, git, path} = await branched(t, conflicting, {isInstalled});
      await t.throwsAsync(git('merge', '--no-edit', 'theirs'));
      if (!isInstalled)
        t.deepEqual(await answersIn(path), {'A?': 'a', 'France?': 'It is Paris', 'Hi?': 'Hello'});
      const {exitCode, stdout} = await retake(t, ['resolve', flag], {directory});
      t.is(exitCode, 0);
      t.regex(stdout, /^ours {4}[0-9a-f]+ Record on ours\ntheirs {2}[0-9a-f]+ Record on theirs\n/);
      t.regex(stdout, /\nmy chat\.cassette: 1 conflict resolved with \w+, staged\n/);
      t.deepEqual(await answersIn(path), {'A?': 'a', 'B?': 'b', 'France?': france, 'Hi?': 'Hello'});
      t.is(await git('status', '--porcelain'), `M  "${name}"`);
      await git('commit', '--quiet', '--no-edit');
    });
  }
}

test('`resolve` reports that there is no conflict, that no side is given, and that the file changed since', async t => {
  const {directory, git, path} = await branched(t, conflicting);
  t.regex((await retake(t, ['resolve', '--ours'], {directory})).stderr, /No cassette waits/);
  t.is((await retake(t, ['resolve'], {directory})).exitCode, 2);
  t.is((await retake(t, ['resolve', '--ours', '--theirs'], {directory})).exitCode, 2);
  await t.throwsAsync(git('merge', '--no-edit', 'theirs'));
  await writeStoredCassette(path, {'New?': ['Recorded meanwhile']});
  const changed = await retake(t, ['resolve', '--ours'], {directory});
  t.is(changed.exitCode, 2);
  t.regex(changed.stderr, /my chat\.cassette was changed since git stopped/);
  t.deepEqual(await answersIn(path), {'New?': 'Recorded meanwhile'});
});

test('`resolve --no-stage` leaves git add to the user, and can be repeated', async t => {
  const {directory, git, path} = await branched(t, conflicting);
  await t.throwsAsync(git('merge', '--no-edit', 'theirs'));
  const {stdout} = await retake(t, ['resolve', '--theirs', '--no-stage'], {directory});
  t.regex(stdout, /not staged/);
  t.is(await git('status', '--porcelain'), `UU "${name}"`);
  await retake(t, ['resolve', '--both'], {directory});
  t.is((await answersIn(path))['France?'], 'It is Paris Paris, of course');
});

test('a request removed on one side and re-recorded on the other is a conflict; a file removed on one side is resolved as well', async t => {
  const {directory, git, path} = await branched(t, {
    base: {'France?': ['Paris']},
    ours: {},
    theirs: {'France?': ['It is Paris']},
  });
  const error = await t.throwsAsync(git('merge', '--no-edit', 'theirs'));
  t.regex(`${error?.message}`, /ours {4}\(removed\)\n {4}theirs {2}It is Paris\n/);
  await retake(t, ['resolve', '--theirs'], {directory});
  t.deepEqual(await answersIn(path), {'France?': 'It is Paris'});
  await git('commit', '--quiet', '--no-edit');
  await git('checkout', '--quiet', '-b', 'without', 'main');
  await git('rm', '--quiet', name);
  await git('commit', '--quiet', '--message=Remove');
  await t.throwsAsync(git('merge', '--no-edit', 'ours'));
  const {stdout} = await retake(t, ['resolve', '--ours'], {directory});
  t.regex(stdout, /my chat\.cassette: removed as in ours, staged\n/);
  t.is(await git('ls-files', '--', name), '');
});

/** Two branches that merged each other's first commit and then continued: they have two common ancestors. */
async function crissCross(
  t: ExecutionContext,
  decide: (repository: GitRepository, side: string) => Promise<void>,
) {
  const repository = await branched(t, conflicting);
  const {git} = repository;
  await git('branch', 'ours-1', 'ours');
  await t.throwsAsync(git('merge', '--no-edit', 'theirs'));
  await decide(repository, '--ours');
  await git('commit', '--quiet', '--no-edit');
  await git('checkout', '--quiet', 'theirs');
  await t.throwsAsync(git('merge', '--no-edit', 'ours-1'));
  await decide(repository, '--theirs');
  await git('commit', '--quiet', '--no-edit');
  await git('checkout', '--quiet', 'ours');
  return repository;
}

test('several common ancestors that disagree hide no conflict, and what they agree on merges', async t => {
  const {directory, git, path} = await crissCross(t, async ({directory: top}, side) => {
    // Both keep the answer of ours-1; then ours changes it again.
    await retake(t, ['resolve', side], {directory: top});
  });
  t.is((await git('merge-base', '--all', 'ours', 'theirs')).split('\n').length, 2);
  await writeStoredCassette(path, {'A?': ['a'], 'B?': ['b'], 'France?': ['Another one'], 'Hi?': ['Hello']});
  await git('commit', '--quiet', '--all', '--message=Change once more');
  await t.throwsAsync(git('merge', '--no-edit', 'theirs'));
  await retake(t, ['resolve', '--both'], {directory});
  t.deepEqual(await answersIn(path), {
    'A?': 'a',
    'B?': 'b',
    'France?': 'Another one It is Paris',
    'Hi?': 'Hello',
  });
});

test('without the driver, git refuses to merge cassettes as text', async t => {
  const {directory, git, path} = await branched(t, conflicting, {isInstalled: false});
  const ours = await readFile(path);
  await writeFile(join(directory, '.gitattributes'), '*.cassette merge=retake -text\n');
  const error = await t.throwsAsync(git('merge', '--no-edit', 'theirs'));
  t.regex(`${error?.message}`, /CONFLICT \(content\)/);
  t.deepEqual(await readFile(path), ours);
});

test('an unreadable side makes a conflict, and ours stays', async t => {
  const {directory, git, path} = await branched(t, conflicting);
  await git('checkout', '--quiet', 'theirs');
  await writeFile(path, (await readFile(path)).subarray(0, 2000));
  await git('commit', '--quiet', '--all', '--message=Damage');
  await git('checkout', '--quiet', 'ours');
  const ours = await readFile(path);
  const error = await t.throwsAsync(git('merge', '--no-edit', 'theirs'));
  t.regex(`${error?.message}`, /retake: The cassette my chat\.cassette \(theirs\) is truncated/);
  t.deepEqual(await readFile(path), ours);
  t.is(await git('status', '--porcelain'), `UU "${name}"`);
  t.is((await retake(t, ['resolve', '--theirs'], {directory})).exitCode, 1);
});

test('`merge` works on files that are not tracked by git', async t => {
  const {directory} = await gitRepository(t);
  await writeStoredCassette(join(directory, 'a.cassette'), {'France?': ['Paris'], 'A?': ['a']});
  await writeStoredCassette(join(directory, 'b.cassette'), {'France?': ['Oui']});
  const words = ['merge', '/dev/null', 'a.cassette', 'b.cassette', '--output', 'c.cassette'];
  const {exitCode, stderr} = await retake(t, words, {directory});
  t.is(exitCode, 1);
  t.regex(
    stderr,
    /1 conflict; the file has our side\n[\s\S]*the same command with --ours, --theirs or --both\n$/,
  );
  t.deepEqual(await answersIn(join(directory, 'c.cassette')), {'A?': 'a', 'France?': 'Paris'});
  const both = await retake(t, [...words, '--both', '--json'], {directory});
  t.is(both.exitCode, 0);
  t.like(JSON.parse(both.stdout), {
    version: 1,
    conflicts: [{kind: 'different-answers', question: 'France?'}],
  });
  t.deepEqual(await answersIn(join(directory, 'c.cassette')), {'A?': 'a', 'France?': 'Paris Oui'});
  const missing = await retake(t, ['merge', '/dev/null', 'a.cassette', 'nothing.cassette'], {directory});
  t.is(missing.exitCode, 2);
});
