import {type Config, modes, type ProxyOptions, type Upstream} from '../src/index.js';

/** The options of a proxy that the configuration says; the upstream is opened apart. */
export function proxyOptions(config: Config): ProxyOptions {
  const {cassette, mode, pace, keySettings, allowModeOverride} = config;
  const {allowedHosts, corsOrigins, bodyLimit, requestTimeout} = config;
  return {
    cassette,
    mode,
    pace,
    keySettings,
    allowModeOverride,
    allowedHosts,
    corsOrigins,
    bodyLimit,
    requestTimeout,
  };
}

/** The upstream if one is needed. What fetches, starts and asks a model is loaded only then, so that a replay is up at once. */
export async function openUpstreamIfNeeded(config: Config): Promise<Upstream | undefined> {
  if (!needsUpstream(config)) return undefined;
  const {openConfiguredUpstream} = await import('./open-upstream.js');
  return openConfiguredUpstream(config);
}

/** Strict replay never asks anybody, unless single requests may override it. */
function needsUpstream({mode, allowModeOverride}: Config): boolean {
  return modes[mode].onMiss !== 'fail' || allowModeOverride;
}
