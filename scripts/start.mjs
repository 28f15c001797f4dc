// `npm start`: installs and builds what is missing, then serves a copy of the demo on port 8090. Arguments are passed to `retake serve`:
// `npm start -- --port 9000`.

import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {prepareDemoCassette} from './demo-cassette.mjs';
import {buildIfNeeded, installDependencies} from './set-up.mjs';
import {endWithNpm} from './supported-node.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await installDependencies();
await buildIfNeeded();

const given = process.argv.slice(2);
const namesAModel =
  given.some(argument => /^--(model|model-url|upstream)(=|$)/.test(argument)) ||
  ['RETAKE_MODEL', 'RETAKE_UPSTREAM', 'LK_UPSTREAM', 'MODEL_URL'].some(name => process.env[name]);

const namesACassette =
  given.some(argument => /^--cassette(=|$)/.test(argument)) || Boolean(process.env.RETAKE_CASSETTE);

// retake runs in this process, so that signals, exit code and output are its own and no child process can be left running.
const retake = fileURLToPath(new URL('../dist/bin/retake.js', import.meta.url));
process.argv = [
  ...[process.execPath, retake, 'serve', '--mode', 'auto'],
  ...(namesACassette ? [] : ['--cassette', prepareDemoCassette(retake)]),
  ...(namesAModel ? [] : ['--model', 'gemma3-270m']),
  ...given,
];
endWithNpm(() => process.kill(process.pid, 'SIGTERM'));
await import(retake);
