import {mkdtempSync, rmSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {registerCompletionHandler} from 'ava';
import {cacheFolder} from '../../src/files/cache-folder.js';
import {type RetakeProcess, startRetake} from '../../src/kits/retake-process.js';

/** Settings with which a project records the answers of the real engine with Gemma 3 270M. */
export const realModel: Readonly<Record<string, string>> = {
  RETAKE_UPSTREAM: '',
  RETAKE_MODEL: 'gemma3-270m',
  RETAKE_CACHE_DIR: cacheFolder(process.env),
  // Other tests run at the same time.
  LK_THREADS: '1',
};

/** Settings without any model: what is recorded has to suffice. */
export const noModel: Readonly<Record<string, string>> = {RETAKE_UPSTREAM: '', RETAKE_CACHE_DIR: '/nowhere'};

/** The real engine with Gemma 3 270M behind one address, for several projects. */
export async function realModelServer(): Promise<RetakeProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'retake-model-'));
  registerCompletionHandler(() => rmSync(directory, {recursive: true, force: true}));
  await writeFile(join(directory, 'retake.config.json'), JSON.stringify({model: realModel['RETAKE_MODEL']}));
  return startRetake({cassettes: join(directory, 'cassettes'), mode: 'passthrough', directory});
}
