import type {AnswerChunk, AnsweredBy} from '../../chat/chunk.js';
import type {JsonObject} from '../../chat/json.js';
import type {CallContext, Model} from '../../chat/model.js';
import {omitUndefined} from '../../chat/omit-undefined.js';
import type {ModelRequest} from '../../chat/request.js';
import {type RetakeError, toRetakeError, unreachable} from '../../errors.js';
import type {UpstreamDescription} from '../upstream-description.js';
import {createAdaptations} from './ask/adaptations.js';
import {askChat} from './ask/ask-chat.js';
import {askCompletion} from './ask/ask-completion.js';
import {askEmbeddings} from './ask/ask-embeddings.js';
import {askTokenCount} from './ask/ask-token-count.js';
import {askWhileConfirming} from './ask/ask-while-confirming.js';
import type {Server} from './ask/server.js';
import {clientClosed, unlessAborted} from './wire/abort.js';
import {cacheDescription} from './wire/cache-description.js';
import {openConnections} from './wire/connection.js';
import {parseCredential} from './wire/credential.js';
import {describeUpstream, listModels} from './wire/describe-upstream.js';
import type {UpstreamTimeouts} from './wire/request.js';
import {parseServerAddress} from './wire/server-address.js';

export type {UpstreamDescription} from '../upstream-description.js';
export type {UpstreamTimeouts} from './wire/request.js';

export type HttpModelOptions = {
  /** The server's address, with or without `/v1` at its end. */
  readonly url: string;
  /** The server's own credential: a header line `Name: value`, or the value of `Authorization` alone. Sent only to its host. */
  readonly authorization?: string | undefined;
  readonly timeouts?: Partial<UpstreamTimeouts>;
  /** The model name to report in answers, instead of the server's own. */
  readonly reportsAs?: string;
  /** The engine's build to report in answers, for a server that does not report its own. */
  readonly engine?: string | undefined;
  /** See {@link UpstreamDescription.reversePrompts}. */
  readonly reversePrompts?: readonly string[];
  /** See {@link UpstreamDescription.repeatsCalls}. */
  readonly repeatsCalls?: boolean | undefined;
  /** See {@link UpstreamDescription.temperature}. */
  readonly temperature?: number | undefined;
  /** See {@link UpstreamDescription.lineBreakTokens}. */
  readonly lineBreakTokens?: readonly number[];
  /** How long the server's description is valid, in milliseconds. Default: a llama-server's for 1 s, that of others for good. */
  readonly descriptionLifetimeMs?: number;
};

export type HttpModel = {
  /** The server's address without credentials. */
  readonly address: string;
  /** The texts in its credential that prove who sends a request. */
  readonly secrets: readonly string[];
  readonly ask: Model;
  /**
   * Describes the server. The description is cached until a failure, and for a llama-server, which may have been restarted, for 1 s. After
   * that, `ask` sends its request while it asks for a new description.
   * @throws RetakeError `upstream_unavailable` if the server cannot be reached or is loading
   */
  describe(signal?: AbortSignal): Promise<UpstreamDescription>;
  /**
   * Whether requests have to name a model: every server but a llama-server with one model wants it.
   * @throws RetakeError as `describe`
   */
  needsModelName(signal?: AbortSignal): Promise<boolean>;
  /** Aborts all requests and closes all connections. */
  close(): Promise<void>;
};

const defaultTimeouts: UpstreamTimeouts = {connect: 10_000, firstEvent: 600_000, betweenEvents: 120_000};

/**
 * A model behind HTTP: any server with OpenAI's routes.
 * @throws RetakeError `invalid_setting` if the address or the credential is invalid
 */
export function httpModel(options: HttpModelOptions): HttpModel {
  const address = parseServerAddress(options.url);
  const credential = parseCredential(options.authorization, address);
  const timeouts = {...defaultTimeouts, ...options.timeouts};
  const connections = openConnections({address, credential, connectTimeout: timeouts.connect});
  const adaptations = createAdaptations();
  const {reversePrompts, repeatsCalls, temperature, lineBreakTokens} = options;
  const describe = async () => ({
    ...(await describeUpstream(connections.single)),
    reversePrompts,
    repeatsCalls,
    temperature,
    lineBreakTokens,
  });
  const description = cacheDescription(describe, {lifetimeMs: options.descriptionLifetimeMs});

  return {
    address: address.display,
    secrets: credential.secrets,
    async describe(signal) {
      try {
        return await description.get(signal);
      } catch (error) {
        throw credential.conceal(toRetakeError(error));
      }
    },
    async needsModelName(signal) {
      try {
        const {isLlamaServer} = await description.get(signal);
        return !isLlamaServer || (await listModels(connections.single)).length > 1;
      } catch (error) {
        throw credential.conceal(toRetakeError(error));
      }
    },
    async *ask(normalized, context) {
      const {signal, original = normalized} = context;
      const askAs = (upstream: UpstreamDescription, asking: CallContext) =>
        askServer(
          {
            connection: upstream.isLlamaServer ? connections.single : connections.reused,
            description: upstream,
            timeouts,
            adaptations,
            answeredBy: answer => answeredBy(answer, upstream, options),
          },
          upstream.isLlamaServer ? normalized : original,
          asking,
        );
      let latest: UpstreamDescription | undefined;
      try {
        const {asked, outdated} = description.refresh();
        latest = outdated;
        if (outdated) yield* askWhileConfirming({outdated, asked, ask: askAs}, context);
        else {
          latest = await unlessAborted(asked, signal);
          yield* askAs(latest, context);
        }
      } catch (error) {
        if (signal.aborted) throw clientClosed(signal.reason);
        if (mayBeAnotherServer(toRetakeError(error), latest)) description.forget();
        throw credential.conceal(toRetakeError(error));
      }
    },
    close: () => connections.close(),
  };
}

/**
 * Whether a server may no longer be what it was when it described itself. One that answers with an error has not been restarted meanwhile,
 * unless it no longer has the only model that it had.
 */
function mayBeAnotherServer(
  {code, answered, message}: RetakeError,
  {defaultModel}: Partial<UpstreamDescription> = {},
): boolean {
  if (answered) return defaultModel !== undefined && answered.status < 500 && message.includes(defaultModel);
  return code === 'upstream_unavailable' || code === 'upstream_timeout' || code === 'upstream_failed';
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

/** The model that answers: from the options, the answer or the description. llama-server repeats the requested name, which does not count. */
function answeredBy(
  answer: JsonObject,
  upstream: UpstreamDescription,
  {reportsAs, engine}: HttpModelOptions,
): AnsweredBy {
  const {model, system_fingerprint: fingerprint} = answer;
  const named = typeof model === 'string' && !upstream.isLlamaServer ? model : undefined;
  const build = typeof fingerprint === 'string' ? fingerprint : undefined;
  return omitUndefined({
    model: reportsAs ?? named ?? upstream.model ?? 'unknown',
    engine: engine ?? upstream.engine ?? build,
  });
}
