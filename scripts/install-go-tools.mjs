// Installs the programs that the tests of workflows need, into .cache/: act runs workflows of GitHub Actions on this machine, actionlint
// checks them. Go builds both; without Go these tests are skipped, except in CI.
import {execFileSync, spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {goEnvironment} from './go-environment.mjs';

const tools = [
  {name: 'act', version: 'v0.2.89', module: 'github.com/nektos/act', duration: 'a few minutes'},
  {
    name: 'actionlint',
    version: 'v1.7.12',
    module: 'github.com/rhysd/actionlint/cmd/actionlint',
    duration: 'a minute',
  },
];
const isCi = !['', '0', 'false', undefined].includes(process.env.CI);

for (const {name, version, module, duration} of tools) {
  const folder = fileURLToPath(new URL(`../.cache/${name}-${version}`, import.meta.url));
  if (existsSync(`${folder}/${name}`)) {
    console.log(`${name} ${version} is installed.`);
  } else if (spawnSync('go', ['version']).status === 0) {
    console.log(`Building ${name} ${version}; this takes ${duration} …`);
    execFileSync('go', ['install', `${module}@${version}`], {
      env: {...process.env, ...goEnvironment, GOBIN: folder},
      stdio: 'inherit',
    });
  } else {
    console.log(`go is not on PATH, so ${name} cannot be built and the tests of workflows are skipped.`);
    if (isCi) process.exitCode = 1;
  }
}
