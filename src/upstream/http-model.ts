import type {AnswerChunk, AnsweredBy} from '../chat/chunk.js';
import type {JsonObject} from '../chat/json.js';
import type {Model} from '../chat/model.js';
import type {ChatRequest} from '../chat/request.js';
import {RetakeError, toRetakeError} from '../errors.js';
import {askInTurn} from './http/ask-in-turn.js';
import {openConnection} from './http/connection.js';
import {parseCredential} from './http/credential.js';
import {decodeAnswer} from './http/decode-answer.js';
import {describeUpstream} from './http/describe-upstream.js';
import {encodeRequest} from './http/encode-request.js';
import {rememberDescription} from './http/remember-description.js';
import {parseServerAddress} from './http/server-address.js';
import {streamCompletion, type UpstreamTimeouts} from './http/stream-completion.js';
import {unquoteEnum} from './http/unquote-enum.js';
import type {UpstreamDescription} from './http/upstream-description.js';
import {toldError} from './http/upstream-failure.js';
import {clientClosed} from './http/watch.js';

export type {UpstreamTimeouts} from './http/stream-completion.js';
export type {UpstreamDescription} from './http/upstream-description.js';

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
 * A model that is asked over HTTP: any server with OpenAI's chat completions.
 * @throws RetakeError `invalid_setting` when the address or the credential cannot be used.
 */
export function httpModel(options: HttpModelOptions): HttpModel {
  const address = parseServerAddress(options.url);
  const credential = parseCredential(options.authorization, address);
  const timeouts = {...defaultTimeouts, ...options.timeouts};
  const connection = openConnection({address, credential, connectTimeout: timeouts.connect});
  const description = rememberDescription(() => describeUpstream(connection));

  async function* askOnce(request: ChatRequest, upstream: UpstreamDescription, signal: AbortSignal) {
    const events = streamCompletion(connection, {body: encodeRequest(request, upstream), timeouts, signal});
    yield* decodeAnswer(events, {
      candidates: request.candidates ?? 1,
      ...(request.logprobs && {topLogprobs: request.logprobs.top}),
      answeredBy: event => answeredBy(event, upstream, options),
      toldError: error => toldError(error, address),
    });
  }

  async function* ask(request: ChatRequest, signal: AbortSignal): AsyncGenerator<AnswerChunk> {
    const upstream = await description.get(signal);
    const {candidates = 1, output} = request;
    const hasSlots = candidates <= (upstream.slots ?? candidates);
    const chunks = hasSlots
      ? askOnce(request, upstream, signal)
      : askInTurn(request, single => askOnce(single, upstream, signal));
    yield* output?.type === 'enum' ? unquoteEnum(chunks) : chunks;
  }

  return {
    address: address.display,
    async describe(signal) {
      try {
        return await description.get(signal);
      } catch (error) {
        throw credential.conceal(toRetakeError(error));
      }
    },
    async *ask(request, {signal}) {
      if (request.operation !== 'chat') {
        throw new RetakeError('not_supported', `The upstream is not asked for ${request.operation} yet`);
      }
      try {
        yield* ask(request, signal);
      } catch (error) {
        if (signal.aborted) throw clientClosed(signal.reason);
        description.forget();
        throw credential.conceal(toRetakeError(error));
      }
    },
    close: () => connection.close(),
  };
}

/** Who answers, by the options, by the event, by the description. llama-server repeats the name that it was asked for. */
function answeredBy(
  event: JsonObject,
  upstream: UpstreamDescription,
  {reportsAs, engine}: HttpModelOptions,
): AnsweredBy {
  const {model, system_fingerprint: fingerprint} = event;
  const told = typeof model === 'string' && !upstream.isLlamaServer ? model : undefined;
  const build = engine ?? upstream.engine ?? (typeof fingerprint === 'string' ? fingerprint : undefined);
  return {
    model: reportsAs ?? told ?? upstream.model ?? 'unknown',
    ...(build !== undefined && {engine: build}),
  };
}
