import type {IncomingMessage, ServerResponse} from 'node:http';
import {onceClosed} from '../async/once-closed.js';
import type {Announcement} from '../cassette/replay/with-cassette.js';
import type {RetakeError} from '../errors.js';
import {clientGone} from './deliver.js';
import type {Replay} from './replay-memo.js';

/** One request and what became of it: no body, no header, no credential, no query string. */
export type Exchange = {
  readonly method: string;
  /** Without the prefix that names a cassette, and without the query. */
  readonly path: string;
  readonly status: number;
  readonly outcome: Outcome | undefined;
  readonly cassette: string | undefined;
  readonly key: string | undefined;
  /** Milliseconds from the request to the end of the answer. */
  readonly duration: number;
  /** What was not done although it was asked for, a sentence each. */
  readonly warnings: readonly string[];
  /** The error's code and sentence, when there was one. */
  readonly error: {readonly code: string; readonly message: string} | undefined;
};

/** The header `x-retake`: what happened to a question. */
export type Outcome = Announcement['outcome'];

/** What is learned of a request while it is served. */
export type ExchangeRecord = {announcement?: Announcement; error?: RetakeError; warnings?: readonly string[]};

export type ExchangeLog = {
  /** The record of a request; the first call for it starts its clock, and its end is told once the response is closed. */
  recordOf(request: IncomingMessage, response: ServerResponse, path: string): ExchangeRecord;
  /** Tells of a request that was answered at once, from what was sent before: of each such answer with the very same exchange. */
  tellReplay(replay: Replay): void;
};

export function createExchangeLog(options: {
  readonly now: () => number;
  readonly onQuestion: (announcement: Announcement | undefined, error: RetakeError | undefined) => void;
  readonly onExchange: ((exchange: Exchange) => void) | undefined;
}): ExchangeLog {
  const {now, onQuestion, onExchange} = options;
  const records = new WeakMap<IncomingMessage, ExchangeRecord>();
  const toldReplays = new WeakMap<Replay, Exchange>();
  return {
    recordOf(request, response, path) {
      const {method = 'GET'} = request;
      const known = records.get(request);
      if (known) return known;
      const record: ExchangeRecord = {};
      records.set(request, record);
      const startedAt = now();
      onceClosed(request, response, () => {
        const {announcement} = record;
        const error = record.error ?? (response.writableFinished ? undefined : clientGone());
        onQuestion(announcement, error);
        onExchange?.({
          method,
          path,
          status: error && !response.headersSent ? error.status : response.statusCode,
          outcome: announcement && outcomeOf(announcement, error),
          cassette: announcement?.cassette.name,
          key: announcement?.key,
          duration: now() - startedAt,
          warnings: record.warnings ?? [],
          error: error && {code: error.code, message: error.message},
        });
      });
      return record;
    },
    tellReplay(replay) {
      const {announcement, path, warnings} = replay;
      onQuestion(announcement, undefined);
      if (!onExchange) return;
      const exchange = toldReplays.get(replay) ?? {
        method: 'POST',
        path,
        status: 200,
        outcome: announcement.outcome,
        cassette: announcement.cassette.name,
        key: announcement.key,
        duration: 0,
        warnings,
        error: undefined,
      };
      toldReplays.set(replay, exchange);
      onExchange(exchange);
    },
  };
}

/** A question that failed was asked live, and nothing was kept. */
export function outcomeOf({outcome}: Announcement, error: RetakeError | undefined): Outcome {
  return outcome === 'recorded' && error ? 'live' : outcome;
}
