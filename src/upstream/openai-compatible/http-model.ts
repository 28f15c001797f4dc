import type {AnswerChunk, AnsweredBy} from '../../chat/chunk.js';
import type {JsonObject} from '../../chat/json.js';
import type {CallContext, Model} from '../../chat/model.js';
import type {ModelRequest} from '../../chat/request.js';
import {toRetakeError, unreachable} from '../../errors.js';
import type {UpstreamDescription} from '../upstream-description.js';
import {askChat} from './ask/ask-chat.js';
import {askCompletion} from './ask/ask-completion.js';
import {askEmbeddings} from './ask/ask-embeddings.js';
import {askTokenCount} from './ask/ask-token-count.js';
import type {Server} from './ask/server.js';
import {openConnection} from './wire/connection.js';
import {parseCredential} from './wire/credential.js';
import {describeUpstream} from './wire/describe-upstream.js';
import {rememberDescription} from './wire/remember-description.js';
import type {UpstreamTimeouts} from './wire/request.js';
import {parseServerAddress} from './wire/server-address.js';
import {clientClosed} from './wire/watch.js';

export type {UpstreamDescription} from '../upstream-description.js';
export type {UpstreamTimeouts} from './wire/request.js';

export type HttpModelOptions = {
  /** The server's address, with or without `/v1` at its end. */
  readonly url: string;
  /** The server's own credential: a header line `Name: value`, or the value of `Authorization` alone. Sent to its host only. */
  readonly authorization?: string;
  readonly timeouts?: Partial<UpstreamTimeouts>;
  /** The model's name to tell in answers, instead of the server's own name for it. */
  readonly reportsAs?: string;
  /** The engine's build to tell in answers, for a server that does not know its own. */
  readonly engine?: string;
  /** Texts at which the server was started to end its answers. */
  readonly reversePrompts?: readonly string[];
  /** See {@link UpstreamDescription.repeatsCalls}. */
  readonly repeatsCalls?: boolean;
};

export type HttpModel = {
  /** The server's address without credentials. */
  readonly address: string;
  readonly ask: Model;
  /**
   * What the server is and can do. Remembered, and asked again after a failure and when a llama-server may have been restarted.
   * @throws RetakeError `upstream_unavailable` when it cannot be reached or is loading.
   */
  describe(signal?: AbortSignal): Promise<UpstreamDescription>;
  /** Ends every request under way and lets go of all connections. */
  close(): Promise<void>;
};

const defaultTimeouts: UpstreamTimeouts = {connect: 10_000, firstEvent: 600_000, betweenEvents: 120_000};

/**
 * A model that is asked over HTTP: any server with OpenAI's routes.
 * @throws RetakeError `invalid_setting` when the address or the credential cannot be used.
 */
export function httpModel(options: HttpModelOptions): HttpModel {
  const address = parseServerAddress(options.url);
  const credential = parseCredential(options.authorization, address);
  const timeouts = {...defaultTimeouts, ...options.timeouts};
  const connection = openConnection({address, credential, connectTimeout: timeouts.connect});
  const {reversePrompts = [], repeatsCalls = false} = options;
  const description = rememberDescription(async () => ({
    ...(await describeUpstream(connection)),
    ...(reversePrompts.length > 0 && {endsAt: reversePrompts}),
    ...(repeatsCalls && {repeatsCalls}),
  }));

  return {
    address: address.display,
    async describe(signal) {
      try {
        return await description.get(signal);
      } catch (error) {
        throw credential.conceal(toRetakeError(error));
      }
    },
    async *ask(request, context) {
      const {signal} = context;
      try {
        const upstream = await description.get(signal);
        yield* askServer(
          {
            connection,
            description: upstream,
            timeouts,
            answeredBy: answer => answeredBy(answer, upstream, options),
          },
          request,
          context,
        );
      } catch (error) {
        if (signal.aborted) throw clientClosed(signal.reason);
        description.forget();
        throw credential.conceal(toRetakeError(error));
      }
    },
    close: () => connection.close(),
  };
}

function askServer(server: Server, request: ModelRequest, context: CallContext): AsyncIterable<AnswerChunk> {
  switch (request.operation) {
    case 'chat':
      return askChat(server, request, context);
    case 'complete':
      return askCompletion(server, request, context);
    case 'embed':
      return askEmbeddings(server, request, context);
    case 'count-tokens':
      return askTokenCount(server, request, context);
    default:
      return unreachable(request);
  }
}

/** Who answers, by the options, by the answer, by the description. llama-server repeats the name that it was asked for. */
function answeredBy(
  answer: JsonObject,
  upstream: UpstreamDescription,
  {reportsAs, engine}: HttpModelOptions,
): AnsweredBy {
  const {model, system_fingerprint: fingerprint} = answer;
  const told = typeof model === 'string' && !upstream.isLlamaServer ? model : undefined;
  const build = engine ?? upstream.engine ?? (typeof fingerprint === 'string' ? fingerprint : undefined);
  return {
    model: reportsAs ?? told ?? upstream.model ?? 'unknown',
    ...(build !== undefined && {engine: build}),
  };
}
