import {setTimeout as sleep} from 'node:timers/promises';

/** Waits until something is so; fails when it is not so after a minute. */
export async function eventually(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(60_000);
  while (!(await isSo())) {
    if (deadline.aborted) throw new Error(`Not so after a minute: ${what}`);
    await sleep(20);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
