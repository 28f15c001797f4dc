import {type ExecutionContext, registerCompletionHandler} from 'ava';
import {managedUpstream} from '../../src/upstream/local/managed-upstream.js';
import type {Upstream} from '../../src/upstream/upstream.js';
import {liveOptions} from './live-upstream.js';
import {randomProjector} from './random-projector.js';

let shared: Promise<Upstream> | undefined;

/**
 * The real engine with Gemma 3 270M and a projector of random weights: it reads images without understanding them. One for all tests
 * of a file; an image takes seconds.
 */
export function liveVisionUpstream(t: ExecutionContext): Promise<Upstream> {
  t.timeout(600_000, 'the engine, the model and the writer of projectors may have to be fetched first');
  shared ??= startSeeing();
  return shared;
}

async function startSeeing(): Promise<Upstream> {
  const upstream = managedUpstream({...liveOptions, mmproj: await randomProjector()});
  registerCompletionHandler(() => upstream.close());
  return upstream;
}
