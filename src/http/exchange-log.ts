import {onceClosed} from '../async/once-closed.js';
import type {Announcement, Sent} from '../cassette/replay/cassette-context.js';
import type {Usage} from '../chat/chunk.js';
import type {Arrival, Ended, Exchange, OnExchange, OpenExchange, Question} from './exchange.js';
import {errorOf, isErrorTake, isFaultyAnswer, outcomeOf, warningsOf} from './exchange-outcome.js';
import type {Replay} from './replay-memo.js';
import {isService} from './services.js';

export type ExchangeLog = {
  readonly now: () => number;
  /**
   * Starts an exchange, which is logged when it ends. Fastify's `onResponse` hook would not do: it does not run for a response that the
   * client did not wait for.
   */
  open(arrival: Arrival): OpenExchange;
  /** Logs a request that was answered from the memo. Equal replays are logged as one object, so that a log can format it once. */
  logReplay(replay: Replay): void;
};

export function createExchangeLog(options: {
  readonly now: () => number;
  readonly onQuestion: (question: Question) => void;
  readonly onExchange: OnExchange | undefined;
  readonly onEnded: (ended: Ended) => void;
}): ExchangeLog {
  const {now, onQuestion, onExchange, onEnded} = options;
  const loggedReplays = new WeakMap<Replay, Ended>();
  const count = (exchange: OpenExchange) => {
    const {announcement, replaced, asking, session} = exchange;
    const isFaulty = isFaultyAnswer(exchange);
    onQuestion({
      ...{announcement, replaced, session, isFaulty},
      ...{error: errorOf(exchange), records: asking !== undefined},
    });
  };
  const close = (exchange: OpenExchange) => {
    const {announcement, asking} = exchange;
    if (announcement || !asking) count(exchange);
    else void asking.then(() => count(exchange));
    const endedAt = now();
    const described = describe(exchange, endedAt);
    onExchange?.(described);
    onEnded({
      exchange: described,
      isService: isService(exchange),
      announcement,
      replaced: exchange.replaced,
      error: errorOf(exchange),
      asked: exchange.asked,
      upstreamTime: upstreamTimeOf(exchange, endedAt),
    });
  };
  return {
    now,
    open(arrival) {
      const closing = new AbortController();
      const exchange: OpenExchange = {
        ...arrival,
        signal: closing.signal,
        announcement: undefined,
        replaced: undefined,
        error: arrival.refusal,
        warnings: [],
        session: sessionOf(arrival),
        asked: undefined,
        replay: undefined,
        announcedAt: undefined,
        firstEventAt: undefined,
        fault: undefined,
        asking: undefined,
        sent: undefined,
        onEnd: undefined,
      };
      const {request, response} = arrival;
      const end = () => {
        const sent = sentOf(exchange);
        exchange.sent = sent;
        exchange.onEnd?.(sent);
        close(exchange);
        if (!response.writableFinished) closing.abort();
      };
      if (request.socket.destroyed) end();
      else onceClosed(request, response, end);
      return exchange;
    },
    logReplay(replay) {
      const {announcement, session} = replay;
      onQuestion({announcement, replaced: undefined, session, error: undefined, records: false});
      let ended = loggedReplays.get(replay);
      if (!ended) {
        const exchange = describeReplay(replay);
        ended = {
          ...{exchange, isService: false, announcement, replaced: undefined},
          ...{error: undefined, asked: undefined, upstreamTime: undefined},
        };
        loggedReplays.set(replay, ended);
      }
      onExchange?.(ended.exchange, true);
      onEnded(ended);
    },
  };
}

/** The session that a request names, before its header is checked. */
function sessionOf({address, request}: Arrival): string | undefined {
  const named = address.session ?? request.headers['x-retake-session'];
  return typeof named === 'string' ? named.slice(0, 200) : undefined;
}

function sentOf(exchange: OpenExchange): Sent {
  const {headersSent, writableFinished} = exchange.response;
  const error = errorOf(exchange);
  const isFailed = error && error.code !== 'client_closed' && !isErrorTake(exchange);
  if (!headersSent || isFailed) return 'nothing';
  return writableFinished ? 'whole' : 'part';
}

function describe(exchange: OpenExchange, endedAt: number): Exchange {
  const {request, response, address, startedAt, announcement, firstEventAt} = exchange;
  const error = errorOf(exchange);
  const isFaulty = isFaultyAnswer(exchange);
  return {
    method: request.method ?? 'GET',
    path: address.path,
    dialect: address.dialect.name,
    status: error && !response.headersSent ? error.status : response.statusCode,
    outcome: isFaulty ? 'fault' : announcement && outcomeOf(announcement, error),
    cassette: announcement?.cassette.name,
    key: announcement?.key,
    session: exchange.session === '' ? undefined : exchange.session,
    model: (exchange.asked?.modelName ?? exchange.replay?.model) || undefined,
    tokens: tokensOf(announcement),
    firstEvent: firstEventAt === undefined ? undefined : firstEventAt - startedAt,
    fault: isFaulty ? exchange.fault?.text : undefined,
    duration: endedAt - startedAt,
    warnings: warningsOf(exchange),
    error: error && {code: error.code, message: error.message},
  };
}

function describeReplay({announcement, path, warnings, session, dialect, model}: Replay): Exchange {
  return {
    method: 'POST',
    path,
    dialect,
    status: 200,
    outcome: announcement.outcome,
    cassette: announcement.cassette.name,
    key: announcement.key,
    session: session === '' ? undefined : session,
    model,
    tokens: tokensOf(announcement),
    firstEvent: 0,
    fault: undefined,
    duration: 0,
    warnings,
    error: undefined,
  };
}

function upstreamTimeOf({announcement, announcedAt}: OpenExchange, endedAt: number): number | undefined {
  const isAsked = announcement?.outcome === 'recorded' || announcement?.outcome === 'live';
  return isAsked && announcedAt !== undefined ? endedAt - announcedAt : undefined;
}

function tokensOf(announcement: Announcement | undefined): Exchange['tokens'] {
  const usage: Usage | undefined = announcement?.usage?.();
  return usage && {input: usage.inputTokens, output: usage.outputTokens};
}
