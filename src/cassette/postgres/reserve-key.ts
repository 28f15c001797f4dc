import {hash} from 'node:crypto';
import type {Cassette, Reservation} from '../cassette.js';
import type {CassetteKey} from '../key/key.js';
import type {InteractionMemory} from './interaction-memory.js';
import type {KeyLocks} from './key-locks.js';

/** Milliseconds between two tries to get a lock. */
const shortestPause = 50;
const longestPause = 1000;

/** Waits until no other process records a key, and reserves it for this one, unless another one has recorded it meanwhile. */
export async function reserveKey(
  cassette: Pick<Cassette, 'name' | 'find'>,
  {locks, memory}: {readonly locks: KeyLocks; readonly memory: Pick<InteractionMemory, 'untilStored'>},
  {key, signal}: {readonly key: CassetteKey; readonly signal: AbortSignal},
): Promise<Reservation> {
  const lock = lockId(cassette.name, key);
  for (let pause = shortestPause; ; pause = Math.min(2 * pause, longestPause)) {
    signal.throwIfAborted();
    if (await locks.tryLock(lock, signal)) break;
    const wasStored = await memory.untilStored(key, pause, signal);
    const interaction = wasStored ? await cassette.find(key) : undefined;
    if (interaction) return {kind: 'recorded', interaction};
  }
  try {
    const interaction = await cassette.find(key);
    if (!interaction) return {kind: 'reserved', release: () => void locks.unlock(lock)};
    void locks.unlock(lock);
    return {kind: 'recorded', interaction};
  } catch (error) {
    void locks.unlock(lock);
    throw error;
  }
}

/** The lock of a key: 8 bytes of a digest, which other programs in the database are unlikely to use. */
function lockId(cassette: string, key: CassetteKey): bigint {
  return hash('sha256', `retake\n${cassette}\n${key}`, 'buffer').readBigInt64BE();
}
