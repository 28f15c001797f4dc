import {readFileSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';

/** Waits until a condition holds; fails after a minute. */
export async function eventually(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(60_000);
  while (!(await isSo())) {
    if (deadline.aborted) throw new Error(`Not so after a minute: ${what}`);
    await sleep(20);
  }
}

/** Whether a process runs; an ended process that its parent has not reaped does not count. */
export function isAlive(pid: number): boolean {
  if (!(pid > 0)) throw new RangeError(`Expected the id of a process, but got ${pid}`);
  try {
    if (process.platform === 'linux')
      return !/^State:\t[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
