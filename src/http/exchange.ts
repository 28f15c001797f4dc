import type {IncomingMessage, ServerResponse} from 'node:http';
import {onceClosed} from '../async/once-closed.js';
import type {Announcement, Sent} from '../cassette/replay/cassette-context.js';
import type {Usage} from '../chat/chunk.js';
import type {AskedRequest, RawRequest} from '../chat/request.js';
import type {ClientRequest} from '../chat/wire.js';
import type {Address} from '../dialects/dispatch.js';
import type {RetakeError} from '../errors.js';
import type {Fault} from '../faults/fault.js';
import {clientClosed} from './client-closed.js';
import type {ReadBody} from './read-body.js';
import type {Fingerprint, Replay} from './replay-memo.js';
import {isService} from './services.js';

/** One request and its outcome, as it is logged: no body, no header, no credential, no query string. */
export type Exchange = {
  readonly method: string;
  /** Without the prefix that names a cassette, and without the query. */
  readonly path: string;
  /** The API that the request belongs to: `gemini`, `openai` or `anthropic`. */
  readonly dialect: string;
  readonly status: number;
  readonly outcome: Outcome | undefined;
  readonly cassette: string | undefined;
  readonly key: string | undefined;
  /** The session of the request, if it named one. */
  readonly session: string | undefined;
  /** The model's name as the client wrote it. */
  readonly model: string | undefined;
  /** The tokens of the answer, if the upstream counted them. */
  readonly tokens: {readonly input: number; readonly output: number} | undefined;
  /** Milliseconds from the request to the first content of the answer. */
  readonly firstEvent: number | undefined;
  /** Milliseconds from the request to the end of the response. */
  readonly duration: number;
  /** What the client asked for and did not get, a sentence each. */
  readonly warnings: readonly string[];
  /** The fault that the request got, as it was requested: `cut:3`. */
  readonly fault?: string | undefined;
  /** The error's code and message, if there was one. */
  readonly error: {readonly code: string; readonly message: string} | undefined;
};

/** Called with each exchange. One that is repeated is the same object each time, so that it can be formatted once. */
export type OnExchange = (exchange: Exchange, isRepeated?: boolean) => void;

/** What an exchange was about: for the control API, which shows more than the log does. */
export type Ended = {
  readonly exchange: Exchange;
  /** Whether the request was for retake itself, such as `/health`, and not for an API. */
  readonly isService: boolean;
  readonly announcement: Announcement | undefined;
  /** The recording of a request that got a fault in its place. */
  readonly replaced: Announcement | undefined;
  readonly error: RetakeError | undefined;
  readonly asked: AskedQuestion | undefined;
  /** Milliseconds from the request to the upstream to the end of its answer; undefined if it was not asked. */
  readonly upstreamTime: number | undefined;
};

/** A decoded request for the model. */
export type AskedQuestion = {
  readonly request: AskedRequest | RawRequest;
  readonly modelName: string;
  /** Bytes of its body. */
  readonly size: number;
  /** The request for a provider, without the client's credentials. Absent if the upstream is none, or if the request was not missed. */
  readonly client?: ClientRequest | undefined;
};

/** The header `x-retake`: the outcome of a request. */
export type Outcome = Announcement['outcome'] | 'fault';

/** What is found out about a request before Fastify gets it. */
export type Arrival = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly address: Address;
  readonly startedAt: number;
  /** Why the request is rejected before its body is parsed. */
  readonly refusal: RetakeError | undefined;
  readonly preRead: ReadBody | undefined;
  /** Undefined for a request whose response is not stored in the memo. */
  readonly fingerprint: Fingerprint | undefined;
};

/** The state of one request, from its arrival to the end of its response: `request.exchange` in hooks and routes. */
export type OpenExchange = Omit<Arrival, 'preRead'> & {
  /** Aborted when the client closes the connection before the response is sent. */
  readonly signal: AbortSignal;
  /** Undefined once the body is being parsed. */
  preRead: ReadBody | undefined;
  announcement: Announcement | undefined;
  error: RetakeError | undefined;
  warnings: readonly string[];
  /** The session in which the request is counted, as far as it is known. */
  session: string | undefined;
  asked: AskedQuestion | undefined;
  /** When the outcome was announced: at once before the upstream is asked. */
  announcedAt: number | undefined;
  /** When the first content of the answer came. */
  firstEventAt: number | undefined;
  /** The fault that was chosen for the request. */
  fault: Fault | undefined;
  /** The recording of a request that got a fault in its place. */
  replaced: Announcement | undefined;
  /** The answering of a request in a mode that records, which goes on after its client has left. */
  asking: Promise<void> | undefined;
  /** How much of the answer was sent, once the response has ended. */
  sent: Sent | undefined;
  /** Called when the response ends. */
  onEnd: ((sent: Sent) => void) | undefined;
};

/** The outcome of a request, for counting. */
export type Question = Pick<OpenExchange, 'announcement' | 'replaced' | 'error' | 'session'> & {
  /** Whether its answer was to be recorded. */
  readonly records: boolean;
  /** Whether it got a fault. */
  readonly isFaulty?: boolean | undefined;
};

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

function errorOf({error, response}: OpenExchange): RetakeError | undefined {
  return error ?? (response.writableFinished ? undefined : clientClosed());
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
    model: exchange.asked?.modelName || undefined,
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

/** The headers that report a request's outcome and warnings. */
export function outcomeHeaders(exchange: OpenExchange): Record<string, string> {
  const {announcement, error} = exchange;
  const warnings = warningsOf(exchange);
  const headers: Record<string, string> = {};
  if (warnings.length > 0) headers['x-retake-warning'] = asciiHeader(warnings.join(' '));
  const isFaulty = isFaultyAnswer(exchange);
  if (isFaulty) {
    headers['x-retake'] = 'fault';
    headers['x-retake-fault'] = exchange.fault?.text ?? '';
  }
  if (!announcement) return headers;
  if (!isFaulty) headers['x-retake'] = outcomeOf(announcement, error);
  headers['x-retake-key'] = announcement.key;
  headers['x-retake-cassette'] = asciiHeader(announcement.cassette.name);
  if (announcement.pages) headers['x-retake-pages'] = announcement.pages;
  return headers;
}

/** With those that the live model has given until now. */
function warningsOf({warnings, announcement}: OpenExchange): readonly string[] {
  return [...new Set([...warnings, ...(announcement?.liveWarnings ?? [])])];
}

/** Whether the fault of the request was played: it may have failed for another reason, or have had no recording. */
function isFaultyAnswer(exchange: OpenExchange): boolean {
  const {fault, error} = exchange;
  return fault !== undefined && (!error || error.code === 'fault' || error.code === 'client_closed');
}

/** Whether the error in place of an answer is a recorded one. */
function isErrorTake({announcement}: OpenExchange): boolean {
  return announcement?.isErrorTake?.() ?? false;
}

/** A request that failed was sent to the model, but its answer was not recorded. */
function outcomeOf({outcome, isErrorTake: isKept}: Announcement, error: RetakeError | undefined): Outcome {
  return outcome === 'recorded' && error && !isKept?.() ? 'live' : outcome;
}

/** Headers are ASCII: all other characters of a value, a file's name for instance, are percent-encoded. */
function asciiHeader(value: string): string {
  return value.replace(/[^\x20-\x24\x26-\x7e]+/gu, encodeURIComponent);
}
