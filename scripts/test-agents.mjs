// `npm run test:agents`: records coding agents and frameworks for agents against a scripted model, and replays them in another folder.
import {spawn} from 'node:child_process';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {installAgents} from './agents/install.mjs';
import {buildIfNeeded, installDependencies} from './set-up.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await installDependencies();
await buildIfNeeded();
const problem = await installAgents();
if (problem === undefined) {
  const tests = ['dist/test/agents/coding-agents.test.js', 'dist/test/agents/frameworks.test.js'];
  const child = spawn(
    process.execPath,
    ['node_modules/ava/entrypoints/cli.mjs', '--concurrency', '1', ...tests],
    {stdio: ['ignore', 'inherit', 'inherit']},
  );
  process.exitCode = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve(code ?? 1));
  });
} else {
  console.log(problem);
  process.exitCode = 1;
}
