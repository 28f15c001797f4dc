import type {IncomingMessage, RequestListener, ServerResponse} from 'node:http';
import {type RetakeError, toRetakeError} from '../errors.js';
import type {ExchangeLog} from './exchange.js';
import {type GuardOptions, guardRequest} from './guards.js';
import {joinBody, readBody} from './read-body.js';
import type {Fingerprint, ReplayMemo} from './replay-memo.js';

/** What was learned of requests before Fastify got them: their bodies, or why those could not be read. */
export type Arrivals = WeakMap<
  IncomingMessage,
  {readonly body: Buffer | RetakeError; readonly fingerprint?: Fingerprint | undefined}
>;

export type MemoFrontOptions = {
  readonly guard: GuardOptions;
  readonly bodyLimit: number;
  readonly memo: ReplayMemo;
  readonly exchanges: ExchangeLog;
};

/** Answers what the memo knows, and hands everything else on with its body read. */
export function memoFront(
  {guard, bodyLimit, memo, exchanges}: MemoFrontOptions,
  arrivals: Arrivals,
  route: RequestListener,
): RequestListener {
  const replay = (request: IncomingMessage, fingerprint: Fingerprint, response: ServerResponse): boolean => {
    if (!isWelcome(request, guard)) return false;
    const known = memo.answer(fingerprint, response);
    if (known) exchanges.tellReplay(known);
    return known !== undefined;
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      const chunks = await readBody(request, bodyLimit);
      const fingerprint = memo.identify(request, chunks);
      if (fingerprint && replay(request, fingerprint, response)) return;
      arrivals.set(request, {body: joinBody(chunks), fingerprint});
    } catch (cause) {
      arrivals.set(request, {body: toRetakeError(cause)});
    }
    route(request, response);
  };
  return (request, response) => {
    if (request.method === 'POST') void serve(request, response);
    else route(request, response);
  };
}

/** Whether the guard lets a request pass; the route refuses it in its own words otherwise. */
function isWelcome(request: IncomingMessage, guard: GuardOptions): boolean {
  try {
    guardRequest(request.headers, guard);
    return true;
  } catch {
    // The route asks the guard again and answers with its refusal.
    return false;
  }
}
