import {readFileSync, rmSync, statfsSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import type {Cassette} from '../../../src/cassette/cassette.js';
import {openCassetteFile} from '../../../src/cassette/file/open-cassette-file.js';
import {verifyCassette} from '../../../src/operations/verify-cassette.js';
import {keyOf, recordingOf, takeOf} from '../../support/recordings.js';
import {smallDisk} from '../../support/small-disk.js';

test('a full disk is reported, loses no stored take, and recording works again once there is space', async t => {
  const folder = await smallDisk(t, 2 * 1024 * 1024);
  if (folder === undefined) {
    t.is(process.env['CI'], undefined, 'in CI this has to run');
    return;
  }
  const path = join(folder, 'a.cassette');
  const first = await openCassetteFile({path, writable: true});
  await first.add(recordingOf('Hi', 'Hello'));
  await first.close();
  const before = readFileSync(path);

  const second = await openCassetteFile({path, writable: true, flushDelay: 60_000});
  await second.add(recordingOf('kept', 'An answer'));
  const ballast = join(folder, 'ballast');
  writeFileSync(ballast, Buffer.alloc(freeBytes(folder) - 8192));
  const failed = await t.throwsAsync(addUntilFull(second), {code: 'cassette_write_failed'});
  t.regex(failed?.message ?? '', /the disk is full/);
  t.truthy(await second.find(keyOf('kept')));
  await t.throwsAsync(second.close(), {code: 'cassette_write_failed', message: /the disk is full/});
  t.deepEqual(readFileSync(path), before);

  rmSync(ballast);
  const third = await openCassetteFile({path, writable: true});
  t.truthy(await third.find(keyOf('kept')));
  await third.close();
  t.like(await verifyCassette(path), {isValid: true, findings: []});
});

async function addUntilFull(cassette: Cassette): Promise<void> {
  for (let number = 0; number < 100; number++) {
    await cassette.add(recordingOf(`question ${number}`, takeOf('An answer of some length. '.repeat(40))));
  }
}

function freeBytes(folder: string): number {
  const {bavail, bsize} = statfsSync(folder);
  return bavail * bsize;
}
