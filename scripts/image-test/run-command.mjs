import {spawn} from 'node:child_process';
import process from 'node:process';
import {processesBelow} from './process-tree.mjs';

const running = new Set();

/**
 * Runs a command to its end and resolves to its stdout; its stdin is closed. Rejects with the end of its output
 * if it fails or takes longer than `timeout` milliseconds.
 */
export async function runCommand(command, commandArguments, {timeout = 120_000, ...options} = {}) {
  const child = startCommand(command, commandArguments, options);
  const timer = setTimeout(child.end, timeout);
  const {code, stdout, log} = await child.ended;
  clearTimeout(timer);
  if (code === 0) return stdout;
  const lines = log.trim().split('\n').slice(-30).join('\n');
  throw new Error(`${command} ${commandArguments.join(' ')}\nended with ${code}. Its last lines:\n${lines}`);
}

/** Starts a command; `ended` resolves to its exit code, or the signal that ended it, and to all its output. */
export function startCommand(command, commandArguments, options = {}) {
  const child = spawn(command, commandArguments, {stdio: ['ignore', 'pipe', 'pipe'], ...options});
  let stdout = '';
  let log = '';
  child.stdout.on('data', chunk => {
    stdout += chunk;
    log += chunk;
  });
  child.stderr.on('data', chunk => {
    log += chunk;
  });
  running.add(child);
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({code: code ?? signal, stdout, log}));
  }).finally(() => running.delete(child));
  return {pid: child.pid, ended, end: () => endWithAll(child), log: () => log};
}

/** Ends every command that still runs, with all its child processes. */
export async function endCommands() {
  await Promise.all([...running].map(endWithAll));
}

/** buildah ends only the shell of a step, not its child processes. */
async function endWithAll(child) {
  const closed = new Promise(resolve => child.once('close', resolve));
  const below = processesBelow(child.pid);
  child.kill('SIGTERM');
  for (const {pid} of below) killIfThere(pid);
  await closed;
}

function killIfThere(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
