import {mkdtempSync, rmSync} from 'node:fs';
import {readdir} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {registerCompletionHandler} from 'ava';
import {execa} from 'execa';
import {pythonEnvironment} from '../../support/python-environment.js';

export type BuiltPackages = {
  readonly tarball: string;
  readonly wheel: string;
};

const python = resolve('.cache/sdk/python/bin/python');

let building: Promise<BuiltPackages> | undefined;

/** What is published, built once from the current sources. `npm run build` ran before. */
export function builtPackages(): Promise<BuiltPackages> {
  building ??= buildPackages();
  return building;
}

async function buildPackages(): Promise<BuiltPackages> {
  const folder = mkdtempSync(join(tmpdir(), 'retake-packages-'));
  registerCompletionHandler(() => rmSync(folder, {recursive: true, force: true}));
  await Promise.all([
    execa('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]),
    execa(python, ['-m', 'hatchling', 'build', '-t', 'wheel', '-d', folder], {
      cwd: 'kits/python',
      env: pythonEnvironment,
    }),
  ]);
  const files = await readdir(folder);
  const ending = (end: string) => join(folder, files.find(name => name.endsWith(end)) ?? '');
  return {tarball: ending('.tgz'), wheel: ending('.whl')};
}
