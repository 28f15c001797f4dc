import {setImmediate as nextTurn} from 'node:timers/promises';
import {withinTime} from '../async/within-time.js';
import type {CloseOptions} from '../cassette/cassette.js';
import type {Cassettes} from '../cassette/cassettes.js';
import type {Recordings} from '../cassette/replay/recordings.js';
import type {Upstream} from '../upstream/upstream.js';

/** Waits for recordings, and then gives up those that no client waits for. An upstream that does not heed that is not waited for. */
export async function finishRecordings(recordings: Recordings, milliseconds: number): Promise<void> {
  // The clients of a command that has just ended may leave within this turn.
  await nextTurn();
  if (milliseconds > 0) await withinTime(recordings.settled(), milliseconds);
  recordings.abandon();
  await withinTime(recordings.settled(), 1000);
  // What ended last is counted within this turn.
  await nextTurn();
}

/** Closes the upstream even if a cassette could not be saved, and then throws that error. */
export async function closeAll(
  cassettes: Cassettes,
  upstream: Upstream | undefined,
  {discard}: CloseOptions = {},
): Promise<void> {
  try {
    await cassettes.close({discard});
  } finally {
    await upstream?.close();
  }
}
