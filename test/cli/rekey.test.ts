import {readdirSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {verifyCassette} from '../../src/operations/verify-cassette.js';
import {retake, startRetake} from '../support/retake.js';
import {writeStoredCassette} from '../support/stored-cassette.js';
import {temporaryFolder} from '../support/temporary-folder.js';

test('`redact` applies the rules of the configuration, and `verify` accepts the result', async t => {
  const directory = await temporaryFolder(t);
  const path = await writeStoredCassette(join(directory, 'a.cassette'), {
    'Badge B-1234?': ['B-1234 is Ann'],
    'Hi?': ['Ho'],
  });
  await writeFile(
    join(directory, 'retake.config.json'),
    JSON.stringify({cassette: 'a.cassette', redact: [{name: 'badge', pattern: 'B-\\d{4}'}]}),
  );
  const found = await retake(t, ['verify'], {directory});
  t.is(found.exitCode, 1);
  t.regex(found.stdout, /request\/turns\/0\/parts\/0\/text looks like a secret \(rule badge\)/);
  t.false(found.stdout.includes('B-1234'));
  const before = await readFile(path);
  const dry = await retake(t, ['redact', '--dry-run'], {directory});
  t.is(dry.stdout, 'a.cassette: 1 of 2 interactions would be redacted, new settings\n');
  t.deepEqual(await readFile(path), before);
  const {stdout} = await retake(t, ['redact'], {directory});
  t.is(stdout, 'a.cassette: 1 of 2 interactions redacted, new settings\n');
  t.is((await retake(t, ['verify'], {directory})).exitCode, 0);
  t.false((await readFile(path)).includes('B-1234'));
});

test('`rekey` resolves changed key settings', async t => {
  const directory = await temporaryFolder(t);
  await writeStoredCassette(join(directory, 'a.cassette'), {'Hi on 2026-01-02?': ['Ho']});
  await writeFile(
    join(directory, 'retake.config.json'),
    JSON.stringify({cassette: 'a.cassette', mode: 'replay', ignore: [{pattern: '\\d{4}-\\d\\d-\\d\\d'}]}),
  );
  const run = () => retake(t, ['run', '--', 'true'], {directory});
  const differs = await run();
  t.is(differs.exitCode, 1);
  t.regex(differs.stderr, /retake rekey/);
  t.is((await retake(t, ['rekey'], {directory})).exitCode, 0);
  t.is((await run()).exitCode, 0);
  const json = await retake(t, ['rekey', '--json'], {directory});
  t.like(JSON.parse(json.stdout), {version: 1, written: true, cassettes: [{changed: 0, interactions: 1}]});
});

test('a kill at any moment leaves the old file or the new one', async t => {
  const directory = await temporaryFolder(t);
  const held = Object.fromEntries(
    Array.from({length: 400}, (_, index) => [`Badge B-${1000 + index}?`, [`Ann ${index}`]]),
  );
  const path = await writeStoredCassette(join(directory, 'a.cassette'), held);
  await writeFile(
    join(directory, 'retake.config.json'),
    JSON.stringify({cassette: 'a.cassette', redact: [{name: 'badge', pattern: 'B-\\d{4}'}]}),
  );
  const before = await readFile(path);
  for (let wait = 100; wait <= 1000; wait += 100) {
    const {child} = await startRetake(t, ['redact'], {directory});
    await Promise.race([sleep(wait), child]);
    child.kill('SIGKILL');
    await child;
    const report = await verifyCassette(path);
    t.is(report.findings.filter(({code}) => code !== 'secret').length, 0);
    const isOld = (await readFile(path)).equals(before);
    t.is(report.interactions, isOld ? 400 : 1);
  }
  await retake(t, ['redact'], {directory});
  t.deepEqual((await verifyCassette(path)).findings, []);
  t.deepEqual(
    readdirSync(join(directory, '.retake')).filter(name => !/\.lock$|^\.gitignore$/.test(name)),
    [],
  );
});
