import {readdirSync, readFileSync} from 'node:fs';

/** All descendants of a process, as `{pid, user, command}`, read from /proc (proc(5)). */
export function processesBelow(pid) {
  const children = readProcesses().filter(({parent}) => parent === pid);
  return children.flatMap(child => [child, ...processesBelow(child.pid)]);
}

export function isRunning(pid) {
  const found = readProcess(pid);
  return found !== undefined && found.state !== 'Z';
}

function readProcesses() {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(name => readProcess(Number(name)))
    .filter(found => found !== undefined);
}

function readProcess(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = name => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1];
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    // The last of the pids is the one inside the container.
    const inner = Number(/^NSpid:.*?(\d+)$/m.exec(status)?.[1]);
    return {
      pid,
      inner,
      parent: Number(field('PPid')),
      user: Number(field('Uid')),
      state: field('State'),
      command,
    };
  } catch {
    // The process ended during the scan.
    return undefined;
  }
}
