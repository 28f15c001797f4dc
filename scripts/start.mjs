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
endWithNpm();
await import(retake);

/** npm hands a signal to the shell between it and us, which does not hand it on: whoever ends npm means us. */
function endWithNpm() {
  if (process.env.npm_lifecycle_event !== 'start') return;
  const {ppid} = process;
  const watch = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}
