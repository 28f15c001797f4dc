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

/** The providers of the APIs themselves: each request goes to that of its own API, as the client sent it. */
export type UpstreamProviderOptions = {
  readonly provider: true;
  /** Other base URLs than the official ones, as the SDKs take them. */
  readonly gemini?: string | undefined;
  readonly openai?: string | undefined;
  readonly anthropic?: string | undefined;
  /** Keys that are sent to a provider in place of the clients' own. */
  readonly keys?: ProviderKeys | undefined;
  /** Tokens after which no further request is sent. */
  readonly maxTokensSpent?: number | undefined;
};

export type ProviderKeys = {
  readonly gemini?: string | undefined;
  readonly openai?: string | undefined;
  readonly anthropic?: string | undefined;
};

/** What answers requests that are not recorded: a local model, a server, or the providers of the APIs. */
export type UpstreamOptions = LocalModelOptions | UpstreamServerOptions | UpstreamProviderOptions;

export type OpenedUpstream = {
  readonly upstream: Upstream;
  readonly preferredDocuments: Partial<DocumentSettings>;
};

/**
 * Opens the upstream of these options. Nothing is downloaded or started yet.
 * @throws RetakeError `invalid_setting`
 */
export function openUpstreamOption(options: UpstreamOptions): OpenedUpstream {
  if ('provider' in options) {
    const {provider: _provider, keys, maxTokensSpent: maxTokens, ...urls} = options;
    const choice = {kind: 'provider' as const, urls, keys, maxTokens};
    return {upstream: openUpstream(choice), preferredDocuments: {}};
  }
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
