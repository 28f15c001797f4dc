import {execFile} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import type {SessionOutcome} from './control-client.js';
import {programPath} from './retake-process.js';

/** Removes the takes of a cassette that a whole, successful run of its tests did not request, as `retake prune` does. */
export async function removeUnused(
  cassette: string,
  {verdict}: SessionOutcome,
  directory: string,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'retake-unused-'));
  try {
    const report = join(folder, 'report.json');
    const run = {version: 1, command: [], mode: 'auto', cassette, exitCode: 0, commandExit: {code: 0}};
    await writeFile(report, JSON.stringify({...run, ...verdict}));
    const words = ['prune', cassette, '--unused', report, '--write'];
    await promisify(execFile)(process.execPath, [programPath(), ...words], {cwd: directory});
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}
