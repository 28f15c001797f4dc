import {existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {openCassettes} from '../../../src/cassette/file/cassette-folder.js';
import {openCassetteFile} from '../../../src/cassette/file/open-cassette-file.js';
import {createSessionFile} from '../../../src/cassette/file/session-file.js';
import {defaultKeySettings} from '../../../src/cassette/key/key-settings.js';
import {noFactRows} from '../../../src/cassette/rows/fact-rows.js';
import {recordingRow} from '../../../src/cassette/rows/recording-row.js';
import {verifyCassette} from '../../../src/operations/verify-cassette.js';
import {interactionsIn, writeCassette} from '../../support/cassette-files.js';
import {recordingOf} from '../../support/recordings.js';
import {retake} from '../../support/retake.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

test('a session file that git tracks is not brought in, and verify and review report an error', async t => {
  const directory = await repository(t);
  const path = await writeCassette(join(directory, 'a.cassette'), [recordingOf('Hi', 'Hello')]);
  const session = join(directory, '.retake', `a.cassette.99999999-0123abcd.session`);
  writeSession(session);
  await git(directory, 'add', '-f', '.');
  await git(directory, 'commit', '-q', '-m', 'one');
  const notes: string[] = [];
  const cassette = await openCassetteFile({path, writable: true, log: note => notes.push(note)});
  await cassette.close();
  t.regex(notes.join('\n'), /session is in git, and its recordings are not brought in/);
  t.is((await interactionsIn(path)).length, 1);
  t.true(existsSync(session));
  const report = await verifyCassette(path);
  t.false(report.isValid);
  t.like(report.findings, [{code: 'tracked-session', severity: 'error'}]);
  await writeCassette(path, [recordingOf('Bye', 'Goodbye')]);
  const {stdout, exitCode} = await retake(t, ['review', '--base', 'HEAD'], {directory});
  t.regex(stdout, /session is in git/);
  t.not(exitCode, 0);
});

test('the same session file that git does not track is brought in', async t => {
  const directory = await repository(t);
  const path = await writeCassette(join(directory, 'a.cassette'), [recordingOf('Hi', 'Hello')]);
  writeSession(join(directory, '.retake', `a.cassette.99999999-0123abcd.session`));
  await (await openCassetteFile({path, writable: true})).close();
  t.is((await interactionsIn(path)).length, 2);
});

test('nothing is written through a link in the place of .retake or of the lock', async t => {
  const directory = await temporaryFolder(t);
  const elsewhere = await temporaryFolder(t);
  const precious = join(elsewhere, 'precious');
  writeFileSync(precious, 'precious');
  for (const place of ['folder', 'lock']) {
    const path = join(directory, place, 'a.cassette');
    mkdirSync(join(directory, place));
    if (place === 'folder') symlinkSync(elsewhere, join(directory, place, '.retake'));
    else {
      mkdirSync(join(directory, place, '.retake'));
      symlinkSync(precious, join(directory, place, '.retake', 'a.cassette.lock'));
    }
    await t.throwsAsync(openCassetteFile({path, writable: true}), {
      code: 'cassette_write_failed',
      message: /is a symbolic link/,
    });
    const {stderr, exitCode} = await retake(t, ['rekey', path]);
    t.regex(stderr, /symbolic link|no cassette/);
    t.not(exitCode, 0);
  }
  t.is(readFileSync(precious, 'utf8'), 'precious');
});

test('a link to a cassette outside its folder is followed only on request', async t => {
  const elsewhere = await temporaryFolder(t);
  const folder = await temporaryFolder(t);
  const target = await writeCassette(join(elsewhere, 'b.cassette'), [recordingOf('Hi', 'Hello')]);
  const link = join(folder, 'a.cassette');
  symlinkSync(target, link);
  const expected = {code: 'cassette_invalid', message: /is a link to .*b\.cassette, outside its folder/};
  await t.throwsAsync(openCassetteFile({path: link, writable: false}), expected);
  const refusing = await openCassettes(folder, {writable: true});
  await t.throwsAsync(refusing.get('a'), expected);
  const following = await openCassettes(folder, {writable: true, followLinks: true});
  t.truthy(await following.get('a'));
  await following.close();
  t.is((await retake(t, ['ls', link])).exitCode, 1);
  t.is((await retake(t, ['verify', link])).exitCode, 1);
  t.is((await retake(t, ['ls', '--follow-links', link])).exitCode, 0);
  t.is((await retake(t, ['verify', '--follow-links', link])).exitCode, 0);
});

test('a link within the folder is followed, and one that leads to itself is explained', async t => {
  const folder = await temporaryFolder(t);
  await writeCassette(join(folder, 'b.cassette'), [recordingOf('Hi', 'Hello')]);
  symlinkSync('b.cassette', join(folder, 'a.cassette'));
  t.is((await interactionsIn(join(folder, 'a.cassette'))).length, 1);
  symlinkSync('d.cassette', join(folder, 'c.cassette'));
  symlinkSync('c.cassette', join(folder, 'd.cassette'));
  await t.throwsAsync(openCassetteFile({path: join(folder, 'c.cassette'), writable: true}), {
    code: 'cassette_invalid',
    message: /is a link that leads back to itself/,
  });
});

function writeSession(path: string): void {
  const session = createSessionFile(path, defaultKeySettings);
  session.keep(recordingRow(recordingOf('Secret?', 'A planted answer')), noFactRows());
  session.close();
}

async function repository(t: ExecutionContext): Promise<string> {
  const directory = await temporaryFolder(t);
  await git(directory, 'init', '-q', '-b', 'main');
  return directory;
}

async function git(directory: string, ...words: string[]): Promise<void> {
  await execa('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...words], {cwd: directory});
}
