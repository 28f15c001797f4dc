import type {ServerResponse} from 'node:http';
import type {Dialect} from '../dialects/dialect.js';
import {findAddress} from '../dialects/dispatch.js';
import {type RetakeError, toRetakeError} from '../errors.js';
import type {ExchangeLog} from './exchange-log.js';
import type {Fingerprint} from './fingerprint.js';
import {type GuardOptions, guardRequest} from './guards.js';
import type {IncomingRequest} from './incoming-request.js';
import {type ReadBody, readBody} from './read-body.js';
import {replayInParts} from './replay-in-parts.js';
import type {Replay, ReplayMemo} from './replay-memo.js';
import {splitTarget} from './request-target.js';
import {isProbe} from './services.js';

export type ServeFromMemoOptions = {
  readonly dialects: readonly Dialect[];
  readonly guard: GuardOptions;
  /** Largest request body in bytes. */
  readonly bodyLimit: number;
  readonly memo: ReplayMemo;
  readonly exchanges: ExchangeLog;
};

type RequestListener = (request: IncomingRequest, response: ServerResponse) => void;

/**
 * The fast path in front of Fastify: answers a request whose bytes were seen before from the memo. It passes every other request on, with
 * its exchange opened and with what was read of its body. The guard runs here, once for each request, because replays must pass it too.
 */
export function serveFromMemo(options: ServeFromMemoOptions, passOn: RequestListener): RequestListener {
  const {dialects, guard, bodyLimit, memo, exchanges} = options;
  const serve = async (request: IncomingRequest, response: ServerResponse) => {
    const startedAt = exchanges.now();
    let refusal: RetakeError | undefined;
    let preRead: ReadBody | undefined;
    let fingerprint: Fingerprint | undefined;
    let replay: Replay | undefined;
    try {
      if (!isProbe(request)) guardRequest(request, guard);
      if (memo.accepts(request)) {
        preRead = await readBody(request, bodyLimit);
        fingerprint = preRead.isComplete ? memo.identify(request, preRead.body) : undefined;
        replay = fingerprint && memo.answer(fingerprint, response);
        if (replay && !replay.sent.parts) return exchanges.logReplay(replay);
      }
    } catch (cause) {
      refusal = toRetakeError(cause);
    }
    const {method = 'GET', url = '/', headers} = request;
    const address = findAddress(dialects, {method, url: splitTarget(url).path, headers});
    const exchange = exchanges.open({
      request,
      response,
      address,
      startedAt,
      refusal: refusal ?? address.refusal,
      preRead,
      fingerprint,
    });
    request.exchange = exchange;
    if (replay) return replayInParts(replay, exchange, memo);
    if (!request.socket.destroyed) passOn(request, response);
  };
  return (request, response) => void serve(request, response);
}
