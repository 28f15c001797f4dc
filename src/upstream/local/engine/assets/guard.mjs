// Runs the program named on its command line and kills it as soon as stdin closes, which the system does for a parent that died in
// whatever way. A native llama-server does not watch its stdin.
import {spawn} from 'node:child_process';
import {constants} from 'node:os';

const [program, ...programArguments] = process.argv.slice(2);
const child = spawn(program, programArguments, {stdio: ['ignore', 'inherit', 'inherit']});

child.on('error', error => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exit(127);
});
child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));

process.stdin.resume();
process.stdin.on('close', () => child.kill('SIGKILL'));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
