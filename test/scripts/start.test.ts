import {cp, mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {temporaryFolder} from '../support/temporary-folder.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('without a network, one sentence reports that the packages cannot be fetched', async t => {
  const folder = await projectWithoutPackages(t);
  const {exitCode, stderr} = await start(folder, {
    npm_config_registry: 'http://127.0.0.1:1/',
    npm_config_cache: join(folder, 'npm-cache'),
    npm_config_fetch_retries: '0',
  });
  t.is(exitCode, 1);
  t.regex(stderr, /^retake: npm ci failed: the package registry cannot be reached\. [^\n]+$/);
});

function start(folder: string, env: Record<string, string>) {
  return execa(process.execPath, ['scripts/start.mjs'], {cwd: folder, env, reject: false});
}

/** The files of a fresh clone that its first start needs. */
async function projectWithoutPackages(t: ExecutionContext): Promise<string> {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'src'));
  for (const name of ['scripts', 'package.json', 'package-lock.json', '.npmrc'])
    await cp(join(root, name), join(folder, name), {recursive: true});
  return folder;
}
