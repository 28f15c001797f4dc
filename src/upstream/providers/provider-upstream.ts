import type {Usage} from '../../chat/chunk.js';
import {placeholderKey} from '../../chat/placeholder-key.js';
import type {ClientRequest, StreamedChunk} from '../../chat/wire.js';
import {RetakeError} from '../../errors.js';
import {openDispatcher} from '../openai-compatible/wire/open-dispatcher.js';
import type {SpentTokens, Upstream, UpstreamState} from '../upstream.js';
import {withOwnKey} from './own-key.js';
import {type KnownProvider, knownProviders, type ProviderUrls, providerAddress} from './provider-address.js';
import {type Provider, relay} from './relay.js';

export type ProviderOptions = {
  readonly urls: ProviderUrls;
  /** The keys that are sent in place of the clients' own, by the name of the API. */
  readonly keys?: Readonly<Record<string, string | undefined>> | undefined;
  /** Tokens after which no further request is sent. */
  readonly maxTokens?: number | undefined;
};

/** Milliseconds. */
const connectTimeout = 10_000;

/**
 * The providers of the APIs themselves. Each request goes to the provider of its own API, as the client sent it and with the client's own
 * credential; nothing is checked before the first request.
 * @throws RetakeError `invalid_setting`
 */
export function providerUpstream({urls, keys = {}, maxTokens: tokenLimit}: ProviderOptions): Upstream {
  const providers = new Map(knownProviders.map(known => [known.name, openProvider(known, urls)]));
  const spent = new Map<string, {inputTokens: number; outputTokens: number}>();
  const name = 'provider';
  const state: UpstreamState = {phase: 'ready', name, detail: "upstream: the APIs' own providers"};
  const total = () =>
    [...spent.values()].reduce((sum, {inputTokens, outputTokens}) => sum + inputTokens + outputTokens, 0);
  const count = (model: string, {inputTokens, outputTokens}: Usage) => {
    const known = spent.get(model) ?? {inputTokens: 0, outputTokens: 0};
    spent.set(model, {
      inputTokens: known.inputTokens + inputTokens,
      outputTokens: known.outputTokens + outputTokens,
    });
  };
  return {
    state,
    modelName: undefined,
    start() {},
    ready: async () => {},
    needsModelName: async () => true,
    authorize(client) {
      const provider = providers.get(client.form.dialect);
      return provider ? withOwnKey(client, provider.known, keys[provider.known.name]) : client;
    },
    tokenLimit,
    spent: () => [...spent].map(([model, tokens]): SpentTokens => ({model, ...tokens})),
    // biome-ignore lint/correctness/useYield: it never answers
    async *model() {
      throw new RetakeError('not_supported', 'A provider answers requests of a client only', {
        hint: 'Run the program that sends them again, in record mode.',
      });
    },
    async *relay(_request, {client, signal}): AsyncGenerator<StreamedChunk> {
      const provider = client && providers.get(client.form.dialect);
      if (!client || !provider) {
        throw new RetakeError('no_upstream', 'This API has no provider that retake could ask');
      }
      refusePlaceholder(client, provider.known);
      if (tokenLimit !== undefined && total() >= tokenLimit) throw limitReached(total(), tokenLimit);
      let model = '';
      for await (const chunk of relay(provider, client, signal)) {
        if (chunk.type === 'reply-start') model = chunk.answeredBy.model;
        if (chunk.type === 'reply-end' && chunk.usage) count(model, chunk.usage);
        if (chunk.type === 'wire-verdict' && chunk.spent) count(chunk.spent.model, chunk.spent);
        yield chunk;
      }
    },
    async close() {
      const closing = new RetakeError('upstream_unavailable', 'retake is closing');
      await Promise.all([...providers.values()].map(({dispatcher}) => dispatcher.destroy(closing)));
    },
  };
}

function limitReached(spent: number, limit: number): RetakeError {
  return new RetakeError(
    'token_limit_reached',
    `This request was not sent to the provider, because the token limit of this run is reached: ${spent} tokens were spent, and the limit is ${limit}`,
    {
      hint: 'To raise the limit, set the option `upstream.maxTokensSpent`. What is recorded is replayed all the same.',
    },
  );
}

/** The placeholder for a key would only be refused by the provider. */
function refusePlaceholder({headers, query}: ClientRequest, {keyVariable}: KnownProvider): void {
  if (!headers.some(value => value.includes(placeholderKey)) && !query.includes(placeholderKey)) return;
  throw new RetakeError(
    'upstream_unauthorized',
    `This request is not recorded, and its provider needs a key: ${keyVariable} is not set`,
    {status: 401, hint: `Set ${keyVariable}, or replay only, with the mode \`replay\`.`},
  );
}

function openProvider(known: KnownProvider, urls: ProviderUrls): Provider {
  const address = providerAddress(known, urls[known.name]);
  return {known, address, dispatcher: openDispatcher(address.server.origin, connectTimeout)};
}
