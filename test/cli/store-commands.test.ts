import {mkdir, readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {nameAt} from '../../src/cassette/stores/open-stored.js';
import type {RetakeError} from '../../src/errors.js';
import {copyCassettes} from '../../src/operations/copy-cassettes.js';
import {exportCassette} from '../../src/operations/export-cassette.js';
import {postgresTest as test, useServer} from '../support/postgres-server.js';
import {keyOf, takeOf} from '../support/recordings.js';
import {retake, serve} from '../support/retake.js';
import {answering, scriptedUpstream} from '../support/scripted-upstream.js';
import {type StoredTakes, writeStoredCassette} from '../support/stored-cassette.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const server = useServer();
let stores = 0;

const secret = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';
const [spring, autumn] = [Date.parse('2026-04-01'), Date.parse('2026-10-01')];
const held: StoredTakes = {
  'Which day?': [takeOf('Monday', spring), takeOf('Tuesday', autumn)],
  'What is the capital of France?': [takeOf('Paris', spring)],
  [`Is ${secret} a token?`]: [takeOf(`Yes, ${secret} is`, spring)],
};
const changed: StoredTakes = {...held, 'What is the capital of France?': [takeOf('Lyon', autumn)]};

/** What is beside the cassette of a row: another version of it, a request, and a run report. */
type Beside = {
  readonly folder: string;
  readonly changed: string;
  readonly upstream: string;
  /** The address of the other version in a database. */
  readonly base: string;
  /** A new place of the same kind. */
  readonly fresh: string;
};

type Row = {
  readonly command: string;
  words(place: string, beside: Beside): readonly string[];
  readonly exitCode?: number;
  /** In the output. */
  readonly shows?: RegExp;
  /** Where the command leaves its result; default: in the place itself. */
  result?(place: string, beside: Beside): string;
  /** Questions of the result, after the command; default: those before it. */
  readonly leaves?: readonly RegExp[];
  readonly lacks?: readonly RegExp[];
};

const capital = 'What is the capital of France?';
const noCounts = {played: 0, recorded: 0, missed: 0, notRecorded: 0, failed: 0, misses: []};

/** The report of a run that used everything but the capital. */
function reportOf(cassette: string): string {
  const named = (question: string, take: number, recordedAt: number) => ({
    ...{cassette, key: keyOf(question), take, recordedAt, question},
  });
  return JSON.stringify({
    ...{version: 1, command: ['true'], mode: 'replay', cassette, exitCode: 0, commandExit: {code: 0}},
    ...noCounts,
    used: [named('Which day?', 1, spring), named('Which day?', 2, autumn)],
    unused: [named(capital, 1, spring)],
  });
}

const rows: readonly Row[] = [
  {command: 'ls', words: place => ['ls', place], shows: /3 interactions, 4 takes/},
  {command: 'show', words: place => ['show', '1', place], shows: /Monday|Paris|Yes/},
  {command: 'verify', words: place => ['verify', place], exitCode: 1, shows: /looks like a secret/},
  {
    command: 'diff',
    words: (place, {changed}) => ['diff', place, changed],
    exitCode: 1,
    shows: /Lyon/,
  },
  {
    command: 'review',
    words: (place, {base}) => ['review', '--base', base, '--fail-on', 'none', place],
    exitCode: 1,
    shows: /looks like a secret/,
  },
  {command: 'ls --sizes', words: place => ['ls', '--sizes', place], shows: /KiB \(requests .* answers/},
  {
    command: 'merge',
    words: (place, {changed}) => ['merge', '/dev/null', place, changed, '--both'],
    leaves: [/Paris/, /Lyon/],
  },
  {
    command: 'merge --output',
    words: (place, {changed, fresh}) => ['merge', place, changed, place, '--output', fresh],
    result: (_place, {fresh}) => fresh,
    leaves: [/Lyon/],
    lacks: [/Paris/],
  },
  {
    command: 'redact',
    words: place => ['redact', place],
    shows: /1 of 3 interactions redacted/,
    leaves: [/<redacted:github-token:1>/],
    lacks: [new RegExp(secret)],
  },
  {
    command: 'redact --dry-run',
    words: place => ['redact', '--dry-run', place],
    leaves: [new RegExp(secret)],
  },
  {
    command: 'rekey',
    words: place => ['rekey', '--forward-model', place],
    leaves: [/"forwardModel":true/, /"model":"gemini-2.5-flash"/],
  },
  {
    command: 'rerecord',
    words: (place, {upstream}) => [
      'rerecord',
      '--quiet',
      '--filter',
      'capital',
      '--upstream',
      upstream,
      place,
    ],
    leaves: [/Marseille/, /Monday/],
    lacks: [/Paris/],
  },
  {
    command: 'rerecord --drift with a provider',
    words: place => ['rerecord', '--quiet', '--drift', '--upstream', 'provider', place],
    shows: /0 requests answered, 0 same, 3 skipped/,
  },
  {
    command: 'export',
    words: place => ['export', place],
    shows: /Tuesday/,
  },
  {
    command: 'import',
    words: (_place, {fresh, folder}) => ['import', join(folder, 'lines.jsonl'), fresh],
    shows: /3 interactions/,
    result: (_place, {fresh}) => fresh,
    leaves: [/Monday/, /Paris/],
  },
  {
    command: 'import --replace',
    words: (place, {folder}) => ['import', '--replace', join(folder, 'one.jsonl'), place],
    shows: /1 interaction/,
    leaves: [/Lyon/],
    lacks: [/Monday/, /Paris/],
  },
  {
    command: 'explain',
    words: (place, {folder}) => ['explain', join(folder, 'request.json'), '--cassette', place],
    shows: /^hit/,
  },
  {
    command: 'doctor',
    words: place => ['doctor', '--mode', 'replay', '--cassette', place],
    shows: /ok +cassette/,
  },
  {
    command: 'copy',
    words: (place, {fresh}) => ['copy', place, fresh],
    shows: /3 interactions, 4 takes/,
    result: (_place, {fresh}) => fresh,
  },
  {
    command: 'prune --older-than',
    words: place => ['prune', '--older-than', '2026-06-01', '--write', place],
    leaves: [/Tuesday/],
    lacks: [/Monday/, /Paris/],
  },
  {
    command: 'prune --unused',
    words: (place, {folder}) => ['prune', place, '--write', '--unused', join(folder, 'run.json')],
    shows: /1 of 4 takes removed/,
    leaves: [/Tuesday/],
    lacks: [/Paris/],
  },
];

for (const row of rows) {
  test(`${row.command} does the same with a file and with a database`, async t => {
    const outcomes = [];
    for (const kind of ['file', 'database'] as const) outcomes.push(await outcomeOf(t, row, kind));
    const [file, database] = outcomes;
    t.deepEqual(database, file);
  });
}

async function outcomeOf(t: ExecutionContext, row: Row, kind: 'file' | 'database') {
  const folder = await temporaryFolder(t);
  const file = await writeStoredCassette(join(folder, 'a.cassette'), held);
  const upstream = await scriptedUpstream(t, answering(['Marseille']));
  const newPlace = (name: string) =>
    kind === 'file' ? join(folder, `${name}.cassette`) : `${server().address}?cassette=${name}-${stores++}`;
  const place = newPlace('a');
  const beside: Beside = {
    folder,
    changed: await writeStoredCassette(join(folder, 'changed.cassette'), changed),
    upstream: upstream.url,
    base: `${server().address}?cassette=base-${stores++}`,
    fresh: newPlace('fresh'),
  };
  await copyCassettes({from: beside.changed, to: beside.base});
  await writeStoredCassette(join(folder, 'one.cassette'), {[capital]: ['Lyon']});
  await writeFile(join(folder, 'lines.jsonl'), await contentOf(file));
  await writeFile(join(folder, 'one.jsonl'), await contentOf(join(folder, 'one.cassette')));
  await writeFile(
    join(folder, 'request.json'),
    JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content: capital}]}),
  );
  await writeFile(join(folder, 'run.json'), reportOf(nameAt(place)));
  if (kind === 'database') await copyCassettes({from: file, to: place});
  const {exitCode, stdout, stderr} = await retake(t, row.words(place, beside), {directory: folder});
  t.is(exitCode, row.exitCode ?? 0, stdout + stderr);
  if (row.shows) t.regex(stdout, row.shows);
  const result = await contentOf(row.result?.(place, beside) ?? place);
  for (const pattern of row.leaves ?? []) t.regex(result, pattern);
  for (const pattern of row.lacks ?? []) t.notRegex(result, pattern);
  const rename = (text: string) =>
    [place, beside.fresh, beside.base]
      .flatMap(one => [one, one.replace(`${folder}/`, '')])
      .reduce((renamed, one) => renamed.replaceAll(one, 'PLACE'), withoutEntities(text))
      .replaceAll(folder, 'FOLDER')
      .replaceAll(/\b(a|fresh|base)-\d+/g, '$1');
  return {stdout: rename(stdout), result: withoutTimes(result)};
}

/** The lines of a cassette; nothing if it is not there. */
async function contentOf(place: string): Promise<string> {
  const lines: string[] = [];
  try {
    for await (const line of exportCassette(place)) lines.push(line);
  } catch (error) {
    if ((error as RetakeError).code !== 'not_found') throw error;
  }
  return lines.join('');
}

/** When an answer was recorded, and how long its pieces took, is another time in each run. */
function withoutTimes(lines: string): string {
  return lines.replaceAll(/"recordedAt":\d+/g, '"recordedAt":0').replaceAll(/\[\d+,/g, '[0,');
}

function withoutEntities(text: string): string {
  return text.replaceAll(/&#(\d+);/g, (_all, code) => String.fromCodePoint(Number(code)));
}

test('a database at an earlier time is read, compared and replayed, and never changed', async t => {
  const folder = await temporaryFolder(t);
  const file = await writeStoredCassette(join(folder, 'a.cassette'), changed);
  const now = `${server().address}?cassette=times-${stores++}`;
  await copyCassettes({from: file, to: now});
  const then = `${now}&at=2026-05-01`;
  const run = (...words: string[]) => retake(t, words, {directory: folder});
  t.regex((await run('ls', then)).stdout, /2 interactions, 2 takes/);
  t.regex((await run('ls', now)).stdout, /3 interactions, 4 takes/);
  const compared = await run('diff', then, now, '--fail-on', 'none');
  t.regex(compared.stdout, /added +"What is the capital of France\?"/, compared.stderr);
  const reviewed = await run('review', '--base', then, now);
  t.regex(reviewed.stdout, /added/, reviewed.stderr);
  for (const words of [
    ['redact', then],
    ['prune', '--older-than', '1d', '--write', then],
    ['copy', file, then],
    ['serve', '--mode', 'auto', '--cassette', then],
  ]) {
    const refused = await run(...words);
    t.regex(refused.stderr, /an earlier state, which cannot be changed/, words.join(' '));
  }
  const wrong = await run('ls', `${now}&at=yesterday`);
  t.regex(wrong.stderr, /2026-11-29/);
});

test('prune --unused keeps what a replica of the database replayed, and what was copied lately', async t => {
  const folder = await temporaryFolder(t);
  const file = await writeStoredCassette(join(folder, 'a.cassette'), held);
  const place = `${server().address}?cassette=uses-${stores++}`;
  await copyCassettes({from: file, to: place});
  const run = (...words: string[]) => retake(t, words, {directory: folder});
  const prune = ['prune', place, '--older-than', '30d', '--unused', '--write'];
  t.regex((await run(...prune)).stdout, /0 of 4 takes removed/);
  await server().query('UPDATE retake.uses SET day = day - 40');
  const {address, child} = await serve(t, ['--mode', 'replay', '--cassette', place]);
  const body = JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content: capital}]});
  const answer = await fetch(`${address}/v1/chat/completions`, {method: 'POST', body});
  t.is(answer.status, 200);
  child.kill('SIGTERM');
  await child;
  const pruned = await run(...prune);
  t.regex(pruned.stdout, /3 of 4 takes removed/, pruned.stderr);
  t.regex(await contentOf(place), /Paris/);
  const refused = await run('prune', file, '--older-than', '30d', '--unused');
  t.regex(refused.stderr, /does not note when it was used.*--report/s);
  t.regex((await run('prune', file)).stderr, /Expected --unused with reports, or --older-than/);
  t.regex((await run('prune', file, '--older-than', 'soon')).stderr, /for instance: --older-than 90d/i);
});

test('retake run --update removes from a database what the run did not use', async t => {
  const folder = await temporaryFolder(t);
  const file = await writeStoredCassette(join(folder, 'a.cassette'), held);
  const place = `${server().address}?cassette=update-${stores++}`;
  await copyCassettes({from: file, to: place});
  const body = JSON.stringify({model: 'gpt-4o', messages: [{role: 'user', content: capital}]});
  const ask = `await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {method: 'POST', body: ${JSON.stringify(body)}})`;
  const command = [process.execPath, '--input-type=module', '-e', ask];
  const upstream = await scriptedUpstream(t, answering(['Marseille']));
  const options = ['--update', '--upstream', upstream.url, '--cassette', place];
  const {exitCode, stderr} = await retake(t, ['run', ...options, '--', ...command], {directory: folder});
  t.is(exitCode, 0, stderr);
  const left = await contentOf(place);
  t.regex(left, /Paris/);
  t.notRegex(left, /Monday|Tuesday/);
});

test('two passwords for one database are an error before anything is asked', async t => {
  const address = new URL(server().address.replace(/^postgres:/, 'http:'));
  const database = `${address.host}${address.pathname}`;
  const place = (password: string) => `postgres://ann:${password}@${database}?cassette=a`;
  for (const command of ['diff', 'copy', 'ls']) {
    const {exitCode, stdout, stderr} = await retake(t, [command, place('right1'), place('wrong2')]);
    t.is(exitCode, 2, stdout);
    t.regex(stderr, /^retake: Two addresses of postgres:\/\/ann@\S+ have different passwords\n/);
    t.notRegex(stderr, /right1|wrong2/);
  }
});

test('a copy of nothing is an error, and leaves no cassette', async t => {
  const folder = await temporaryFolder(t);
  const file = await writeStoredCassette(join(folder, 'a.cassette'), held);
  const place = `${server().address}?cassette=nothing-${stores++}`;
  await copyCassettes({from: file, to: place});
  for (const target of [
    join(folder, 'new.cassette'),
    join(folder, 'new'),
    `${server().address}?cassette=nothing-${stores++}`,
  ]) {
    for (const [words, message] of [
      [
        [file, target, '--filter', 'berlin "x"'],
        /There is no interaction in \S+ whose request contains "berlin \\"x\\"": nothing was copied/,
      ],
      [[place, target, '--filter', 'berlin'], /whose request contains "berlin": nothing was copied/],
      [
        [`${place}&at=2020-01-01`, target],
        /There is no interaction from before 2020-01-01T00:00:00.000Z in \S+: nothing was copied/,
      ],
    ] as const) {
      const {exitCode, stdout, stderr} = await retake(t, ['copy', ...words]);
      t.is(exitCode, 1, stdout);
      t.is(stdout, '');
      t.regex(stderr, message);
    }
    t.is((await retake(t, ['ls', target])).exitCode, 1, target);
  }
  t.deepEqual((await readdir(folder)).sort(), ['a.cassette']);
});

test('cassettes in which a filter finds nothing are not copied with the others', async t => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'from'));
  await writeStoredCassette(join(folder, 'from/a.cassette'), held);
  await writeStoredCassette(join(folder, 'from/b.cassette'), {'Something else?': ['No']});
  const {exitCode, stdout} = await retake(t, [
    'copy',
    join(folder, 'from'),
    join(folder, 'to'),
    '--filter',
    'France',
  ]);
  t.is(exitCode, 0);
  t.is(stdout.trim().split('\n').length, 1);
  t.deepEqual(
    (await readdir(join(folder, 'to'))).filter(name => name.endsWith('.cassette')),
    ['a.cassette'],
  );
});

test('resolve says that a database has no conflicts of git, in a repository and outside', async t => {
  const {exitCode, stderr} = await retake(t, ['resolve', '--ours', 'postgres://ann:s3cret@db.example/tests']);
  t.is(exitCode, 2);
  t.regex(
    stderr,
    /Expected cassette files with a conflict of a git merge, got the database postgres:\/\/ann@db/,
  );
  t.regex(stderr, /retake merge BASE OURS THEIRS/);
});
