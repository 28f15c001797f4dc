import {type ManagedUpstreamOptions, managedUpstream} from './local/managed-upstream.js';
import {externalUpstream} from './openai-compatible/external-upstream.js';
import {type ProviderOptions, providerUpstream} from './providers/provider-upstream.js';
import type {Upstream} from './upstream.js';

export type UpstreamChoice =
  | {
      readonly kind: 'external';
      readonly url: string;
      /** The server's own credential: a header line `Name: value`, or the value of `Authorization` alone. */
      readonly authorization?: string | undefined;
    }
  | ({readonly kind: 'provider'} & ProviderOptions)
  | ({readonly kind: 'managed'} & ManagedUpstreamOptions);

/**
 * The upstream that answers misses. It is not downloaded or started yet.
 * @throws RetakeError `invalid_setting`
 */
export function openUpstream(options: UpstreamChoice): Upstream {
  switch (options.kind) {
    case 'external':
      return externalUpstream(options);
    case 'provider':
      return providerUpstream(options);
    case 'managed':
      return managedUpstream(options);
  }
}
