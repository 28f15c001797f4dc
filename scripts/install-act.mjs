// Installs act, which runs workflows of GitHub Actions on this machine, into .cache/ for the tests of action.yml. Go builds it;
// without Go these tests are skipped, except in CI.
import {execFileSync, spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath} from 'node:url';

const version = 'v0.2.89';
const folder = fileURLToPath(new URL(`../.cache/act-${version}`, import.meta.url));
const isCi = !['', '0', 'false', undefined].includes(process.env.CI);

if (existsSync(`${folder}/act`)) {
  console.log(`act ${version} is installed.`);
} else if (spawnSync('go', ['version']).status === 0) {
  console.log(`Building act ${version}; this takes a few minutes …`);
  const env = {...process.env, GOBIN: folder};
  execFileSync('go', ['install', `github.com/nektos/act@${version}`], {env, stdio: 'inherit'});
} else {
  console.log('go is not on PATH, so act cannot be built and the tests of the action are skipped.');
  if (isCi) process.exitCode = 1;
}
