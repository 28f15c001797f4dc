import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {eventually} from './eventually.js';
import {freePort} from './postgres-server.js';
import {findProgram} from './programs.js';
import {temporaryFolder} from './temporary-folder.js';

export const hasHaproxy = findProgram('haproxy') !== undefined;

/** HAProxy with a configuration of deploy/, in front of these ports. Returns its address. */
export async function startHaproxy(
  t: ExecutionContext,
  ports: readonly number[],
  configurationFile = 'haproxy.cfg',
): Promise<string> {
  const port = await freePort();
  const folder = await temporaryFolder(t);
  const published = await readFile(new URL(`../../../deploy/${configurationFile}`, import.meta.url), 'utf8');
  const configuration = published
    .replace(/bind :80[89]0/, `bind 127.0.0.1:${port}`)
    .replaceAll(/(?:retake|engine)(\d):80[89]0/g, (_all, number) => `127.0.0.1:${ports[Number(number) - 1]}`);
  const file = join(folder, 'haproxy.cfg');
  await writeFile(file, configuration);
  const child = spawn(findProgram('haproxy') ?? '', ['-db', '-f', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  t.teardown(async () => {
    if (child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  const address = `http://127.0.0.1:${port}`;
  await eventually('HAProxy has a replica', async () => {
    try {
      return (await fetch(`${address}/health`)).ok;
    } catch {
      return false;
    }
  });
  return address;
}
