import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {temporaryFolder} from './temporary-folder.js';

/** A folder on a disk of this size, in memory; undefined if this user may not mount one. */
export async function smallDisk(t: ExecutionContext, bytes: number): Promise<string | undefined> {
  const folder = join(await temporaryFolder(t), 'disk');
  await mkdir(folder);
  const {failed} = await execa('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'none', folder], {
    reject: false,
  });
  if (failed) {
    t.log('no right to mount a small disk here: not tried');
    return undefined;
  }
  t.teardown(() => execa('umount', [folder]));
  return folder;
}
