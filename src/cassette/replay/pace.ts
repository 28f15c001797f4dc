import {setTimeout as sleep} from 'node:timers/promises';

/** How fast a take is played: at once, as it was recorded, or that many times as fast. */
export type Pace = 'instant' | 'recorded' | number;

/** Milliseconds after the start of an answer at which a chunk is due that was recorded at that time. */
export function dueTime(at: number, pace: Exclude<Pace, 'instant'>): number {
  return pace === 'recorded' ? at : at / pace;
}

/** Waits until a chunk is due that was recorded `at` milliseconds after the start. */
export async function waitUntilDue(
  at: number,
  {pace, startedAt, now, signal}: {pace: Pace; startedAt: number; now: () => number; signal: AbortSignal},
): Promise<void> {
  if (pace === 'instant') return;
  const remaining = dueTime(at, pace) - (now() - startedAt);
  if (remaining > 0) await sleep(remaining, undefined, {signal});
}
