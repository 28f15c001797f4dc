import {setTimeout as sleep} from 'node:timers/promises';

/** How fast a take is played: at once, as it was recorded, or that many times as fast. */
export type Pace = 'instant' | 'recorded' | number;

/** Waits until a chunk is due that was recorded `at` milliseconds after the start. */
export async function waitUntilDue(
  at: number,
  {pace, startedAt, now, signal}: {pace: Pace; startedAt: number; now: () => number; signal: AbortSignal},
): Promise<void> {
  if (pace === 'instant') return;
  const factor = pace === 'recorded' ? 1 : pace;
  const remaining = at / factor - (now() - startedAt);
  if (remaining > 0) await sleep(remaining, undefined, {signal});
}
