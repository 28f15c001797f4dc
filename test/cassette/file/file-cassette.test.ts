import {copyFileSync, existsSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import test from 'ava';
import {cassettePaths} from '../../../src/cassette/file/cassette-paths.js';
import {openCommittedFile} from '../../../src/cassette/file/committed-file.js';
import {CurrentFile} from '../../../src/cassette/file/current-file.js';
import {openCassetteFile} from '../../../src/cassette/file/open-cassette-file.js';
import type {CassetteKey} from '../../../src/cassette/key/key.js';
import {interactionId, refuseCollision} from '../../../src/cassette/rows/interaction-row.js';
import {RetakeError} from '../../../src/errors.js';
import {keyOf, recordingOf, takeOf, textOf} from '../../support/recordings.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

test('a take recorded by another process is found within a quarter of a second', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  let time = 0;
  const cassette = await openCassetteFile({path, writable: false, now: () => time});
  const {revision} = cassette;
  const other = await openCassetteFile({path, writable: true});
  await other.add(recordingOf('Hi', 'Hello'));
  await other.close();
  time = 249;
  t.is(await cassette.find(keyOf('Hi')), undefined);
  t.is(cassette.revision, revision);
  time = 250;
  cassette.refresh();
  t.true(cassette.revision > revision);
  t.is(textOf((await cassette.find(keyOf('Hi')))?.takes[0]), 'Hello');
  await cassette.close();
});

test('two cassettes that re-record the same request at the same time keep both answers', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  const first = await openCassetteFile({path, writable: true});
  await first.add(recordingOf('Hi', takeOf('Hello', 1)));
  await first.add(recordingOf('Bye', takeOf('Goodbye', 1)));
  await first.close();

  const [mine, yours] = [
    await openCassetteFile({path, writable: true}),
    await openCassetteFile({path, writable: true}),
  ];
  await mine.add(recordingOf('Hi', takeOf('Hey', 11), 0));
  await yours.add(recordingOf('Hi', takeOf('Howdy', 12), 0));
  await mine.add(recordingOf('Bye', takeOf('Goodbye', 13), 0));
  await yours.add(recordingOf('Bye', takeOf('Goodbye', 14), 0));
  await yours.close();
  await mine.close();

  const again = await openCassetteFile({path, writable: false});
  t.deepEqual((await again.find(keyOf('Hi')))?.takes.map(textOf), ['Hey', 'Howdy']);
  t.deepEqual((await again.find(keyOf('Bye')))?.takes, [takeOf('Goodbye', 1)]);
  await again.close();
});

test('deleting the file of an open cassette empties it, and later recordings create a new file', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  let time = 0;
  const cassette = await openCassetteFile({path, writable: true, now: () => time});
  await cassette.add(recordingOf('Hi', 'Hello'));
  await cassette.flush();
  rmSync(path);
  time += 1000;
  t.is(await cassette.find(keyOf('Hi')), undefined);
  await cassette.add(recordingOf('Bye', 'Goodbye'));
  await cassette.close();
  const again = await openCassetteFile({path, writable: false});
  t.truthy(await again.find(keyOf('Bye')));
  await again.close();
});

test('takes are flushed automatically after a delay', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  const cassette = await openCassetteFile({path, writable: true, flushDelay: 5});
  await cassette.add(recordingOf('Hi', 'Hello'));
  while (!existsSync(path)) await sleep(5);
  const other = await openCassetteFile({path, writable: false});
  t.truthy(await other.find(keyOf('Hi')));
  await other.close();
  await cassette.close();
});

test('a failed automatic flush is reported, and the next flush writes its takes', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  const first = await openCassetteFile({path, writable: true});
  await first.add(recordingOf('Hi', 'Hello'));
  await first.close();
  copyFileSync(path, `${path}.saved`);

  const messages: string[] = [];
  const cassette = await openCassetteFile({
    path,
    writable: true,
    flushDelay: 5,
    log: text => messages.push(text),
  });
  const added = cassette.add(recordingOf('Bye', 'Goodbye'));
  await added;
  writeFileSync(path, 'nonsense');
  while (messages.length === 0) await sleep(5);
  t.regex(messages.join('\n'), /does not begin like a SQLite database/);
  copyFileSync(`${path}.saved`, path);
  await cassette.close();

  const again = await openCassetteFile({path, writable: false});
  t.truthy(await again.find(keyOf('Hi')));
  t.truthy(await again.find(keyOf('Bye')));
  await again.close();
});

test('settings that differ from those of the cassette are refused: the error names both values and a fix', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  const cassette = await openCassetteFile({path, writable: true});
  await cassette.add(recordingOf('Hi', 'Hello'));
  await cassette.close();
  const error = await t.throwsAsync(
    openCassetteFile({path, writable: false, keySettings: {forwardModel: true}}),
  );
  t.true(error instanceof RetakeError);
  t.like(error, {
    code: 'settings_differ',
    message: `The cassette ${path} was recorded with forwardModel = false, and the settings now say forwardModel = true.`,
  });
  t.regex((error as RetakeError).hint ?? '', /use another cassette, or recompute the keys: retake rekey/);
});

test('a flush reports a change only if another process changed the file', async t => {
  const path = join(await temporaryFolder(t), 'a.cassette');
  const cassette = await openCassetteFile({path, writable: true});
  await cassette.add(recordingOf('Hi', 'Hello'));
  await cassette.close();
  const paths = cassettePaths(path);
  const file = openCommittedFile(paths);
  const current = new CurrentFile({paths, file, now: () => 0});
  const {signature} = file ?? {signature: undefined};
  current.adopt({before: signature, after: signature});
  t.is(current.revision, 0);
  current.adopt({before: 'of another process', after: signature});
  t.is(current.revision, 1);
  current.adopt({before: signature, after: 'replaced by another process since'});
  t.is(current.revision, 2);
  current.close();
});

test('rows are sorted by key', t => {
  const keys = ['0000000000000000', '7fffffffffffffff', '8000000000000000', 'ffffffffffffffff'].map(keyWith);
  t.deepEqual(keys.map(interactionId), [-(2n ** 63n), -1n, 0n, 2n ** 63n - 1n]);
});

test('two keys with the same prefix are refused in one cassette', t => {
  const [first, second] = [keyWith('00000000000000001'), keyWith('00000000000000002')];
  t.is(interactionId(first), interactionId(second));
  t.notThrows(() => refuseCollision('a.cassette', first, first));
  t.throws(() => refuseCollision('a.cassette', first, second), {
    code: 'cassette_write_failed',
    message: /cannot store 1:00000000000000002.* beside 1:00000000000000001/,
  });
});

function keyWith(digits: string): CassetteKey {
  return `1:${digits.padEnd(64, '0')}` as CassetteKey;
}
