import {once} from 'node:events';
import {copyFileSync, existsSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import Database from 'better-sqlite3';
import {openCassetteFile} from '../../../src/cassette/file/open-cassette-file.js';
import {verifyCassette} from '../../../src/operations/verify-cassette.js';
import type {KillPoint} from '../../fixtures/bin/record-takes.js';
import {renderFor} from '../../support/arbitrary-facts.js';
import {reportedTakes, startRecorder} from '../../support/record-takes.js';
import {keyOf, recordingOf, textOf} from '../../support/recordings.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

/** How many kills: few here; set the variable for a long run. Two recorders are killed in each round. */
const rounds = Number(process.env['KILLS'] ?? 100) / 2;

test('kills at random moments lose no stored take and leave a valid file', async t => {
  t.timeout(rounds * 10_000);
  const path = join(await temporaryFolder(t), 'a.cassette');
  const kept: {question: string; answer: string}[] = [];
  let kills = 0;
  for (let round = 0; round < rounds; round++) {
    const killed = ['mine', 'yours'].map(async name => {
      const recorder = startRecorder(path, {takes: [], endlessly: `${name} ${round}`, flushDelay: 10});
      // Half of the kills hit the start, which creates sessions and the file; the others hit recording and flushing.
      if (round % 2 === 0) await sleep(100 + Math.random() * 300);
      else await once(recorder.stdout, 'data').then(() => sleep(Math.random() * 200));
      recorder.kill('SIGKILL');
      const {stdout, signal, stderr} = await recorder;
      t.is(signal, 'SIGKILL', stderr);
      kills++;
      return reportedTakes(stdout);
    });
    kept.push(...(await Promise.all(killed)).flat());
    if (existsSync(path)) {
      const reader = await openCassetteFile({path, writable: false});
      await reader.close();
    }
  }
  t.is(kills, 2 * rounds);
  t.true(kept.length > kills, `only ${kept.length} takes were kept before the kills`);

  const cassette = await openCassetteFile({path, writable: true});
  for (const {question, answer} of kept) {
    const interaction = await cassette.find(keyOf(question));
    if (!interaction?.takes.some(take => textOf(take) === answer)) t.fail(`lost: ${question}: ${answer}`);
    const [render] = renderFor(question).renders;
    t.deepEqual(await cassette.media.renders(render?.pdf ?? '', '{}'), renderFor(question).renders, question);
  }
  await cassette.close();
  const {isValid, findings} = await verifyCassette(path);
  t.true(isValid);
  // The requests are texts, so none of them shows the pages that were found with it.
  t.true(findings.every(({code}) => code === 'orphaned-media'));
  t.deepEqual(readdirSync(join(path, '..', '.retake')).sort(), ['.gitignore', 'a.cassette.lock']);
  t.log(`${kept.length} takes, ${kills} kills`);
});

const survivesKill = test.macro({
  async exec(t, diesAt: KillPoint) {
    const path = join(await temporaryFolder(t), 'a.cassette');
    await startRecorder(path, {takes: [['first', 'An answer', 1]]});
    await startRecorder(path, {takes: [['left', 'An answer', 2]], leaves: true});
    // It recovers leftover takes when it opens, and would record more; the next one is killed while it flushes its own.
    const recovering = await startRecorder(path, {takes: [], diesAt});
    const flushing = await startRecorder(path, {takes: [['mine', 'An answer', 3]], diesAt});
    t.deepEqual([recovering.signal, flushing.signal], ['SIGKILL', 'SIGKILL']);
    const cassette = await openCassetteFile({path, writable: true});
    const kept = ['first', 'left', ...reportedTakes(flushing.stdout).map(({question}) => question)];
    for (const question of kept) t.truthy(await cassette.find(keyOf(question)), `lost: ${question}`);
    await cassette.close();
    t.like(await verifyCassette(path), {isValid: true, findings: []});
    t.deepEqual(readdirSync(join(path, '..', '.retake')).sort(), ['.gitignore', 'a.cassette.lock']);
  },
  title: (_, {when, call}: KillPoint) => `a kill ${when} ${call} loses nothing`,
});

test(survivesKill, {when: 'before', call: 'fsyncSync'});
test(survivesKill, {when: 'after', call: 'fsyncSync'});
test(survivesKill, {when: 'before', call: 'renameSync'});
test(survivesKill, {when: 'after', call: 'renameSync'});
test(survivesKill, {when: 'before', call: 'rmSync'});
test(survivesKill, {when: 'after', call: 'rmSync'});

test('takes in a leftover session are recovered when the cassette is opened for writing', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  await startRecorder(path, {takes: [['Hi', 'Hello', 1]], leaves: true});
  t.false(existsSync(path));

  const messages: string[] = [];
  const reader = await openCassetteFile({path, writable: false, log: message => messages.push(message)});
  t.is(await reader.find(keyOf('Hi')), undefined);
  await reader.close();
  t.regex(
    messages.join('\n'),
    /killed may have recorded takes that are not in the cassette .*\. Start retake once in mode auto/,
  );
  t.like(await verifyCassette(path), {
    isValid: false,
    findings: [{code: 'missing'}, {code: 'sessions-waiting'}],
  });

  const cassette = await openCassetteFile({path, writable: true});
  t.is(textOf((await cassette.find(keyOf('Hi')))?.takes[0]), 'Hello');
  await cassette.close();
  t.like(await verifyCassette(path), {isValid: true, interactions: 1, takes: 1, findings: []});
});

test('the session of a living process is left untouched', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  const living = await openCassetteFile({path, writable: true, flushDelay: 60_000});
  await living.add(recordingOf('Hi', 'Hello'));
  const other = await startRecorder(path, {takes: [['Bye', 'Goodbye', 1]]});
  t.is(other.exitCode, 0);
  t.is(readdirSync(join(path, '..', '.retake')).filter(name => name.endsWith('.session')).length, 1);
  await living.close();
  t.like(await verifyCassette(path), {isValid: true, interactions: 2, findings: []});
});

test('a flush recovers the takes of a process that died in the meantime', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  const cassette = await openCassetteFile({path, writable: true});
  await startRecorder(path, {takes: [['Hi', 'Hello', 1]], leaves: true});
  const {revision} = cassette;
  await cassette.add(recordingOf('Bye', 'Goodbye'));
  await cassette.close();
  t.true(cassette.revision > revision);
  t.like(await verifyCassette(path), {isValid: true, interactions: 2, findings: []});
});

test('a session whose settings differ from the cassette is left as it is and reported', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  await startRecorder(path, {takes: [['Hi', 'Hello', 1]], leaves: true});
  const [session = ''] = readdirSync(join(path, '..', '.retake')).filter(name => name.endsWith('.session'));
  const elsewhere = join(await temporaryFolder(t), 'a.cassette');
  const other = await openCassetteFile({path: elsewhere, writable: true, keySettings: {forwardModel: true}});
  await other.add(recordingOf('Bye', 'Goodbye'));
  await other.close();
  copyFileSync(elsewhere, path);

  const messages: string[] = [];
  const cassette = await openCassetteFile({path, writable: true, log: message => messages.push(message)});
  await cassette.close();
  t.regex(messages.join('\n'), /recorded with other settings than the cassette/);
  t.true(existsSync(join(path, '..', '.retake', session)));
});

test('a session with a damaged take is left as it is and reported', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  await startRecorder(path, {takes: [['Hi', 'Hello', 1]], leaves: true});
  const sidecars = join(path, '..', '.retake');
  const [session = ''] = readdirSync(sidecars).filter(name => name.endsWith('.session'));
  new Database(join(sidecars, session))
    .exec("UPDATE recordings SET chunks = replace(chunks, 'Hello', 'Hallo')")
    .close();

  const messages: string[] = [];
  const cassette = await openCassetteFile({path, writable: true, log: message => messages.push(message)});
  t.is(await cassette.find(keyOf('Hi')), undefined);
  await cassette.close();
  t.regex(
    messages.join('\n'),
    /\.session is damaged in the interaction 1:[0-9a-f]+: take 1: it does not match its digest/,
  );
  t.true(readdirSync(sidecars).includes(session));
});

test('files of a dead process that are not sessions are left as they are or removed', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  await startRecorder(path, {takes: [['Hi', 'Hello', 1]]});
  const sidecars = join(path, '..', '.retake');
  writeFileSync(
    join(sidecars, 'a.cassette.999999-00000000.session'),
    'This is no database, and much longer than nothing. '.repeat(50),
  );
  writeFileSync(join(sidecars, 'a.cassette.999999-11111111.session'), '');
  writeFileSync(join(sidecars, 'a.cassette.999999-22222222.temporary'), 'half a file');
  writeFileSync(join(sidecars, 'b.cassette.999999-33333333.temporary'), "another cassette's");

  const messages: string[] = [];
  const cassette = await openCassetteFile({path, writable: true, log: message => messages.push(message)});
  t.is(textOf((await cassette.find(keyOf('Hi')))?.takes[0]), 'Hello');
  await cassette.close();
  t.regex(messages.join('\n'), /session file that cannot be read/);
  t.deepEqual(readdirSync(sidecars).sort(), [
    '.gitignore',
    'a.cassette.999999-00000000.session',
    'a.cassette.lock',
    'b.cassette.999999-33333333.temporary',
  ]);
});

test('a lock file with invalid content still counts as a lock', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  await startRecorder(path, {takes: [['Hi', 'Hello', 1]]});
  writeFileSync(join(path, '..', '.retake', 'a.cassette.lock'), 'pid 4711 '.repeat(1000));
  const recorder = await startRecorder(path, {takes: [['Bye', 'Goodbye', 1]]});
  t.is(recorder.exitCode, 0, recorder.stderr);
  t.like(await verifyCassette(path), {isValid: true, interactions: 2});
});
