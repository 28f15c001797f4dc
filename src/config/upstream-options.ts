import type {DocumentSettings} from '../cassette/key/key-settings.js';
import type {ManagedUpstreamOptions} from '../upstream/local/managed-upstream.js';
import {describeModel} from '../upstream/local/models/describe-model.js';
import type {UpstreamOptions} from '../upstream/open-upstream.js';
import type {Config} from './load-config.js';

/** The upstream that the configuration names. */
export function upstreamOptions(config: Config): UpstreamOptions {
  const {upstream, upstreamAuthHeader} = config;
  if (upstream === undefined) return {kind: 'managed', ...managedOptions(config)};
  return {
    kind: 'external',
    url: upstream,
    ...(upstreamAuthHeader !== undefined && {authorization: upstreamAuthHeader}),
  };
}

/** How a model of our own is best given documents: one that cannot see, as text. */
export function preferredDocuments(config: Config): Partial<DocumentSettings> {
  if (config.upstream !== undefined) return {};
  const {pages} = describeModel(managedOptions(config));
  return pages === undefined ? {} : {pages};
}

/** The engine and the model of our own that the configuration names, also where another server is asked. */
export function managedOptions(config: Config): ManagedUpstreamOptions {
  const {mmproj, modelUrl, modelSha256, mmprojUrl, mmprojSha256, llamaServer, python} = config;
  const fetched = modelUrl !== undefined;
  return {
    model: config.model ?? (fetched ? 'custom' : 'gemma3-4b'),
    ...(mmproj !== undefined && {mmproj}),
    ...(fetched && {
      customModel: {
        url: modelUrl,
        sha256: modelSha256 ?? '',
        ...(mmprojUrl !== undefined && {mmprojUrl}),
        ...(mmprojSha256 !== undefined && {mmprojSha256}),
      },
    }),
    cacheFolder: config.cacheDir,
    path: config.searchPath,
    ...(llamaServer !== undefined && {llamaServerBinary: llamaServer}),
    ...(python !== undefined && {python}),
    tuning: config.engine,
  };
}
