import type {DocumentSettings} from '../cassette/key/key-settings.js';
import {omitUndefined} from '../chat/omit-undefined.js';
import {documentsFor, type LocalModelOptions, managedOptions} from '../config/upstream-options.js';
import {cacheFolder} from '../files/cache-folder.js';
import {openUpstream} from '../upstream/open-upstream.js';
import type {Upstream} from '../upstream/upstream.js';

/** An OpenAI-compatible server. */
export type UpstreamServerOptions = {
  /** Its base URL, `http://localhost:8000`. */
  readonly url: string;
  /** Its credential: a header line `Name: value`, or the value of `Authorization`. */
  readonly authorization?: string | undefined;
};

/** The model that answers what is not recorded: a local model, or a server. */
export type UpstreamOptions = LocalModelOptions | UpstreamServerOptions;

export type OpenedUpstream = {
  readonly upstream: Upstream;
  readonly preferredDocuments: Partial<DocumentSettings>;
};

/**
 * Opens the upstream of these options. Nothing is downloaded or started yet.
 * @throws RetakeError `invalid_setting`
 */
export function openUpstreamOption(options: UpstreamOptions): OpenedUpstream {
  if ('url' in options) {
    const {url, authorization} = options;
    return {
      upstream: openUpstream(omitUndefined({kind: 'external' as const, url, authorization})),
      preferredDocuments: {},
    };
  }
  const managed = managedOptions({
    ...options,
    cacheDir: options.cacheDir ?? cacheFolder(process.env),
    searchPath: process.env['PATH'] ?? '',
  });
  return {
    upstream: openUpstream({kind: 'managed', ...managed}),
    preferredDocuments: documentsFor(managed),
  };
}
