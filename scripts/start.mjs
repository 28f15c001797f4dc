// `npm start`: sets up what is missing, then serves the demo on port 8090. Arguments are handed to `retake serve`:
// `npm start -- --port 9000`.

import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {buildIfNeeded, installDependencies} from './set-up.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await installDependencies();
await buildIfNeeded();

const given = process.argv.slice(2);
const namesAModel =
  given.some(argument => /^--(model|model-url|upstream)(=|$)/.test(argument)) ||
  ['RETAKE_MODEL', 'RETAKE_UPSTREAM', 'LK_UPSTREAM', 'MODEL_URL'].some(name => process.env[name]);

// In this process: signals, exit code and output are those of retake itself, and there is nothing that could be left running.
const retake = fileURLToPath(new URL('../dist/bin/retake.js', import.meta.url));
process.argv = [
  ...[process.execPath, retake, 'serve', '--mode', 'auto', '--cassette', 'cassettes/demo.cassette'],
  ...(namesAModel ? [] : ['--model', 'gemma3-270m']),
  ...given,
];
await import(retake);
