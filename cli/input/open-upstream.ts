import type {Config} from '../../src/config/load-config.js';
import {upstreamOptions} from '../../src/config/upstream-options.js';
import {openUpstream} from '../../src/upstream/open-upstream.js';
import type {Upstream} from '../../src/upstream/upstream.js';

/** A module of its own because all the code that fetches, starts and asks a model hangs on it. */
export function openConfiguredUpstream(config: Config): Upstream {
  return openUpstream(upstreamOptions(config));
}
