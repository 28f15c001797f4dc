import type {Config} from '../../src/config/load-config.js';
import {upstreamOptions} from '../../src/config/upstream-options.js';
import {openUpstream} from '../../src/upstream/open-upstream.js';
import type {Upstream} from '../../src/upstream/upstream.js';
import {announcePrograms} from './announce-programs.js';

/** A separate module, because it imports all the code that downloads, starts and calls a model. */
export function openConfiguredUpstream(config: Config): Upstream {
  announcePrograms(config);
  return openUpstream(upstreamOptions(config));
}
