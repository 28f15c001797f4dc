import {spawn} from 'node:child_process';
import process from 'node:process';

/** Runs a command silently, and returns its output for an error message. */
export function runQuietly(command, commandArguments, {cwd, env}) {
  return new Promise(resolve => {
    const child = spawn(command, commandArguments, {cwd, env, stdio: ['ignore', 'pipe', 'pipe']});
    let output = '';
    const keep = chunk => {
      output = (output + chunk).slice(-200_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', error => resolve({code: 1, output: `${output}\n${error.message}`}));
    child.on('close', code => resolve({code: code === null ? 1 : code, output}));
  });
}

/** The npm that runs this script, or else the one on PATH. */
export function npm(...npmArguments) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, [script, ...npmArguments]] : ['npm', npmArguments];
}

export function exitWith(message) {
  process.stderr.write(`retake: ${message}\n`);
  process.exit(1);
}
