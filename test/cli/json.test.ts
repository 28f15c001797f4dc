import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {loadProgram} from '../../cli/program.js';
import {gitRepository} from '../support/git-repository.js';
import {retake, withFakeEngine} from '../support/retake.js';
import {writeStoredCassette} from '../support/stored-cassette.js';

type Run = {
  readonly words: readonly string[];
  readonly exitCode?: number;
  /** Stops at a merge that has conflicts first. */
  readonly merges?: true;
};

/** What each command that prints data prints with `--json`, in the project below. */
const runs: Readonly<Record<string, Run>> = {
  setup: {words: ['setup', '--list']},
  doctor: {words: ['doctor', '--mode', 'replay', '--cassette', 'a.cassette']},
  ls: {words: ['ls', 'a.cassette']},
  show: {words: ['show', '1', 'a.cassette']},
  explain: {words: ['explain', 'request.json', '--cassette', 'a.cassette']},
  diff: {words: ['diff', '--base', 'main'], exitCode: 1},
  review: {words: ['review', '--base', 'main'], exitCode: 1},
  verify: {words: ['verify', 'a.cassette']},
  export: {words: ['export', 'a.cassette', '--output', 'a.jsonl']},
  import: {words: ['import', 'given.jsonl', 'imported.cassette']},
  edit: {words: ['edit', '1', 'a.cassette']},
  stub: {words: ['stub', 'request.json', '--answer', 'No.', '--cassette', 'a.cassette']},
  rerecord: {words: ['rerecord', 'a.cassette', '--quiet']},
  prune: {words: ['prune', 'a.cassette', '--unused', 'report.json']},
  redact: {words: ['redact', 'a.cassette']},
  rekey: {words: ['rekey', 'a.cassette']},
  'git install': {words: ['git', 'install']},
  'git uninstall': {words: ['git', 'uninstall']},
  'git status': {words: ['git', 'status'], exitCode: 1},
  merge: {
    words: ['merge', '/dev/null', 'a.cassette', 'theirs.cassette', '--output', 'm.cassette'],
    exitCode: 1,
  },
  resolve: {words: ['resolve', '--ours'], merges: true},
  init: {words: ['init']},
  copy: {words: ['copy', 'a.cassette', 'copied.cassette']},
};

/** These print no data of their own: that of a command, a log, a page for git, a script, a confirmation. */
const withoutData = ['run', 'serve', 'trust', 'git', 'textconv', 'completion', 'complete'];

async function project(t: ExecutionContext) {
  const {directory, git, commit} = await gitRepository(t);
  await writeStoredCassette(join(directory, 'a.cassette'), {'France?': ['Paris']});
  await commit('Start');
  await git('checkout', '--quiet', '-b', 'other');
  await writeStoredCassette(join(directory, 'a.cassette'), {'France?': ['Nantes']});
  await commit('Record elsewhere');
  await git('checkout', '--quiet', '-b', 'topic', 'main');
  await writeStoredCassette(join(directory, 'a.cassette'), {'France?': ['Lyon'], 'Spain?': ['Madrid']});
  await commit('Record again');
  await writeStoredCassette(join(directory, 'theirs.cassette'), {'France?': ['Nice']});
  await writeFile(join(directory, 'request.json'), JSON.stringify(request));
  const {stdout} = await retake(t, ['export', 'a.cassette'], {directory});
  await writeFile(join(directory, 'given.jsonl'), stdout);
  const {environment} = await withFakeEngine(t, {says: 'Paris'});
  const run = [
    'run',
    '--mode',
    'replay',
    '--cassette',
    'a.cassette',
    '--report',
    'report.json',
    '--',
    'true',
  ];
  await retake(t, run, {directory});
  return {directory, git, environment: {...environment, VISUAL: 'true'}};
}

const request = {model: 'gpt-4o', messages: [{role: 'user', content: 'France?'}]};

for (const [name, {words, exitCode = 0, merges}] of Object.entries(runs)) {
  test(`\`retake ${name} --json\` prints JSON with a version, and nothing else`, async t => {
    const {git, ...options} = await project(t);
    if (merges) await t.throwsAsync(git('merge', 'other'));
    const result = await retake(t, [...words, '--json'], options);
    t.is(result.exitCode, exitCode, result.stderr);
    t.is(result.stderr, '');
    const data: unknown = JSON.parse(result.stdout);
    t.like(data, {version: 1});
    t.true(result.stdout.endsWith('}\n'));
  });
}

test('every command that prints data has `--json`', async t => {
  const {commands} = await loadProgram({environment: {}, directory: '.'});
  const names = commands.flatMap(command => [
    command.name(),
    ...command.commands.map(one => `${command.name()} ${one.name()}`),
  ]);
  t.deepEqual(names.sort(), [...Object.keys(runs), ...withoutData].sort());
});

test('`review --json` has the result, the checks and the report of the diff', async t => {
  const options = await project(t);
  const {stdout} = await retake(t, ['review', '--base', 'main', '--json'], options);
  const {diff, ...rest} = JSON.parse(stdout) as {diff: unknown};
  t.deepEqual(rest, {
    version: 1,
    passes: false,
    changes: 3,
    failing: 1,
    identical: 0,
    invalid: 0,
    checks: [],
    incomparable: [],
  } as object);
  const same = await retake(t, ['diff', '--base', 'main', '--json'], options);
  t.deepEqual(diff, JSON.parse(same.stdout));
});

test('`edit --json` says whether the answer was changed', async t => {
  const {directory, environment} = await project(t);
  const edit = async (editor: string) => {
    const options = {directory, environment: {...environment, VISUAL: editor}};
    const {stdout} = await retake(t, ['edit', '1', 'a.cassette', '--json'], options);
    return JSON.parse(stdout) as object;
  };
  t.like(await edit('true'), {path: 'a.cassette', take: 1, changed: false});
  t.like(await edit('sed -i s/$/!/'), {path: 'a.cassette', take: 1, changed: true});
});

test('`export --json` without a file is a usage error', async t => {
  const options = await project(t);
  const {exitCode, stdout, stderr} = await retake(t, ['export', 'a.cassette', '--json'], options);
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(stderr, /^retake: Expected --output with --json/);
});
