import {join} from 'node:path';
import {modes} from '../../src/cassette/modes.js';
import {configFileName} from '../../src/config/config-file.js';
import type {Config} from '../../src/config/load-config.js';
import {preferredDocuments} from '../../src/config/upstream-options.js';
import type {InspectorOptions} from '../../src/proxy/inspector/services.js';
import type {ProxyOptions} from '../../src/proxy/proxy-options.js';
import type {Upstream} from '../../src/upstream/upstream.js';

/** The proxy options of a configuration, without the upstream. */
export function proxyOptions(config: Config): ProxyOptions {
  const {cassette, followLinks, mode, pace, keySettings, finishTimeout} = config;
  const {fault, faults, upstreamConcurrency, keepAlive, strictApi} = config;
  const {allowModeOverride, allowMissingCassettes, missStatus} = config;
  const {allowedHosts, corsOrigins, bodyLimit, requestTimeout} = config;
  const {allowUrl, mediaRoot, thumbnails, media, searchPath, renderTimeout, rasterizer} = config;
  return {
    cassette,
    followLinks,
    mode,
    pace,
    keySettings,
    ...(needsUpstream(config) && {preferredDocuments: preferredDocuments(config)}),
    media: {
      allowedHosts: allowUrl,
      roots: mediaRoot,
      thumbnails: thumbnails === 'on',
      originals: media === 'full',
      rasterizer: {use: rasterizer, path: searchPath, timeout: renderTimeout},
    },
    finishTimeout,
    upstreamConcurrency,
    keepAlive,
    strictApi,
    // A rule says more than the fault of every request.
    faults: fault === undefined ? faults : [...faults, {fault}],
    allowModeOverride,
    missStatus,
    recordErrors: config.recordErrors,
    allowMissingCassettes,
    allowedHosts,
    corsOrigins,
    bodyLimit,
    requestTimeout,
  };
}

/** The inspector can add ignore rules to the configuration file that was read, or to a new one, and compares with the last commit. */
export function inspectorOptions(config: Config, directory: string): InspectorOptions {
  return {
    configFile: config.file ?? join(directory, configFileName),
    compareWithHead: async path => {
      const {compareWithHead} = await import('../../src/operations/compare-with-head.js');
      return compareWithHead(path);
    },
  };
}

/** The upstream, if the mode needs one. Its code is loaded only then, so that a replay starts fast. */
export async function openUpstreamIfNeeded(config: Config): Promise<Upstream | undefined> {
  if (!needsUpstream(config)) return undefined;
  const {openConfiguredUpstream} = await import('./open-upstream.js');
  return openConfiguredUpstream(config);
}

/** Replay mode needs no upstream, unless requests may override the mode. */
function needsUpstream({mode, allowModeOverride}: Config): boolean {
  return modes[mode].onMiss !== 'fail' || allowModeOverride;
}
