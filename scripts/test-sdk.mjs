// `npm run test:sdk`: runs the contract tests of the SDKs of every language, or of the given ones: `npm run test:sdk -- go`.
// With `--record` it first records the replayed answers, with the real engine and model.
import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {installSdks, languageNames} from './sdks/install.mjs';
import {buildIfNeeded, installDependencies} from './set-up.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const words = process.argv.slice(2);
const named = words.filter(word => word !== '--record');
const unknown = named.filter(word => !languageNames.includes(word));
if (unknown.length > 0) {
  console.error(`retake: Expected languages of ${languageNames.join(', ')}, got ${unknown.join(', ')}`);
  process.exit(1);
}

await installDependencies();
await buildIfNeeded();
const ready = [];
for (const language of named.length > 0 ? named : languageNames) {
  const problem = await installSdks(language);
  if (problem === undefined) ready.push(language);
  else fail(problem, process.env.CI || named.length > 0);
}
if (words.includes('--record')) await run('dist/test/sdk/contract/record.js');
const files = ready.flatMap(language => {
  const tests = [`dist/test/sdk/${language}/contract.test.js`, `dist/test/sdk/faults/${language}.test.js`];
  return tests.filter(file => existsSync(file));
});
if (files.length > 0) await run('node_modules/ava/entrypoints/cli.mjs', '--concurrency', '1', ...files);

function run(...nodeArguments) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, nodeArguments, {stdio: ['ignore', 'inherit', 'inherit']});
    child.on('error', reject);
    child.on('close', code => {
      if (code !== 0) process.exitCode = 1;
      resolve();
    });
  });
}

function fail(problem, isFailure) {
  console.log(problem);
  if (isFailure) process.exitCode = 1;
}
