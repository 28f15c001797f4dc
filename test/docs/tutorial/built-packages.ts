import {mkdtempSync, rmSync} from 'node:fs';
import {cp, mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {registerCompletionHandler} from 'ava';
import {execa} from 'execa';

export type BuiltPackages = {
  readonly tarball: string;
  readonly wheel: string;
  /** A folder with the Go module, as a module proxy serves it. */
  readonly goProxy: string;
};

const python = resolve('.cache/sdk/python/bin/python');
const module = 'github.com/OWNER/retake/kits/go/retaketest';

let building: Promise<BuiltPackages> | undefined;

/** What is published, built once from the current sources. `npm run build` ran before. */
export function builtPackages(): Promise<BuiltPackages> {
  building ??= buildPackages();
  return building;
}

async function buildPackages(): Promise<BuiltPackages> {
  const folder = mkdtempSync(join(tmpdir(), 'retake-packages-'));
  registerCompletionHandler(() => rmSync(folder, {recursive: true, force: true}));
  const goProxy = join(folder, 'go');
  await Promise.all([
    execa('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]),
    execa(python, ['-m', 'hatchling', 'build', '-t', 'wheel', '-d', folder], {
      cwd: 'kits/python',
      env: {PYTHONDONTWRITEBYTECODE: '1'},
    }),
    packGoModule(goProxy),
  ]);
  const files = await readdir(folder);
  const ending = (end: string) => join(folder, files.find(name => name.endsWith(end)) ?? '');
  return {tarball: ending('.tgz'), wheel: ending('.whl'), goProxy};
}

/** The layout is that of https://go.dev/ref/mod#goproxy-protocol. */
async function packGoModule(goProxy: string): Promise<void> {
  const {version} = JSON.parse(await readFile('package.json', 'utf8')) as {version: string};
  // Upper case is escaped: a file system may not distinguish it.
  const place = join(
    goProxy,
    module.replaceAll(/[A-Z]/g, letter => `!${letter.toLowerCase()}`),
    '@v',
  );
  await mkdir(place, {recursive: true});
  await writeFile(join(place, 'list'), `v${version}\n`);
  await writeFile(
    join(place, `v${version}.info`),
    JSON.stringify({Version: `v${version}`, Time: '2026-01-01T00:00:00Z'}),
  );
  await cp('kits/go/retaketest/go.mod', join(place, `v${version}.mod`));
  await execa(python, ['-c', writeZip, join(place, `v${version}.zip`), `${module}@v${version}`], {
    cwd: 'kits/go/retaketest',
  });
}

/** The zip of a module has files alone, and no folders. */
const writeZip = `
import sys, zipfile
from pathlib import Path
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    for path in sorted(Path(".").rglob("*")):
        if path.is_file():
            archive.write(path, f"{sys.argv[2]}/{path.as_posix()}")
`;
