import {availableParallelism} from 'node:os';
import {type ExecutionContext, registerCompletionHandler} from 'ava';
import {cacheFolder} from '../../src/files/cache-folder.js';
import {defaultTuning} from '../../src/upstream/local/engine/engine-tuning.js';
import {type ManagedUpstreamOptions, managedUpstream} from '../../src/upstream/local/managed-upstream.js';
import type {Upstream} from '../../src/upstream/upstream.js';

/** The real engine with Gemma 3 270M, as set up on a fresh machine. */
export const liveOptions: ManagedUpstreamOptions = {
  model: 'gemma3-270m',
  cacheFolder: cacheFolder(process.env),
  path: process.env['PATH'] ?? '',
  // Test files run in parallel: two engines that each use every core wait for each other instead of computing.
  tuning: {...defaultTuning, threads: Math.max(1, Math.floor(availableParallelism() / 2))},
};

let shared: Upstream | undefined;

/** One engine for all tests of a file; it ends with the last of them. Downloads missing files, which may take a minute once. */
export function liveUpstream(t: ExecutionContext): Upstream {
  t.timeout(600_000, 'the engine and the model may have to be fetched first');
  if (shared === undefined) {
    const upstream = managedUpstream(liveOptions);
    registerCompletionHandler(() => upstream.close());
    shared = upstream;
  }
  return shared;
}
