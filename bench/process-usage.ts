import {readFileSync} from 'node:fs';

/** Linux counts the time of processes in hundredths of a second, whatever its timer does (proc_pid_stat(5)). */
const ticksPerSecond = 100;

export const hasProcessUsage = process.platform === 'linux';

/** The processor time of a process with all of its threads, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The program's name is in brackets and can contain anything, so fields are counted after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** The resident memory of a process, in bytes. */
export function residentBytes(pid: number): number {
  return memoryOf(pid, 'VmRSS');
}

/** The most resident memory that this process has had, in bytes. Elsewhere than on Linux, that of its parent may count as its own. */
export function peakBytes(): number {
  return hasProcessUsage ? memoryOf('self', 'VmHWM') : process.resourceUsage().maxRSS * 1024;
}

function memoryOf(pid: number | 'self', line: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${line}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
}
