import type {StreamedChunk} from '../../chat/wire.js';
import {RetakeError, toRetakeError} from '../../errors.js';
import {type ProviderResponse, relayResponse} from '../../upstream/providers/relay.js';
import type {RelayContext, Upstream} from '../../upstream/upstream.js';
import type {WrittenExchange} from './recorded-exchange.js';

type Given =
  | {readonly response: ProviderResponse; readonly provider: Parameters<typeof relayResponse>[1]}
  | Pick<WrittenExchange, 'chunks'>;

/** What is found out about an answer while it is read. */
type Unread = {problem?: RetakeError; raw?: string};

/** An upstream that gives the answer that it was given last. */
export function sourceOfAnswers(): {
  readonly upstream: Upstream;
  give(given: Given): {readonly unread: Unread};
} {
  let given: Given | undefined;
  let unread: Unread = {};
  const answer = async function* (client: RelayContext['client']): AsyncGenerator<StreamedChunk> {
    const current = given;
    given = undefined;
    if (!current || !client) throw new RetakeError('internal', 'An imported answer was asked for twice');
    if (!('chunks' in current)) return yield* relayResponse(current.response, current.provider, client);
    if (client.form.delivery === 'raw') {
      throw new RetakeError('invalid_request', 'The request is none that retake understands');
    }
    yield* current.chunks;
  };
  return {
    give(next) {
      given = next;
      unread = {};
      return {unread};
    },
    upstream: {
      modelName: undefined,
      state: {phase: 'ready', name: 'import', detail: ''},
      start: () => undefined,
      ready: async () => undefined,
      close: async () => undefined,
      // biome-ignore lint/correctness/useYield: every answer is relayed
      async *model() {
        throw new RetakeError('internal', 'An imported answer was asked for without its client');
      },
      async *relay(_request, {client}) {
        const about = unread;
        try {
          for await (const chunk of answer(client)) {
            if (chunk.type === 'wire-verdict' && chunk.verdict === 'raw' && chunk.reason)
              about.raw = `its answer is kept in its bytes only: ${chunk.reason.message}`;
            yield chunk;
          }
        } catch (error) {
          about.problem = toRetakeError(error);
          throw error;
        }
      },
    },
  };
}
