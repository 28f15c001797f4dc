import {type Config, openUpstream, type Upstream, upstreamOptions} from '../../src/index.js';

/** A module of its own because all the code that fetches, starts and asks a model hangs on it. */
export function openConfiguredUpstream(config: Config): Upstream {
  return openUpstream(upstreamOptions(config));
}
