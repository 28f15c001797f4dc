import {Readable} from 'node:stream';
import {fetch, type RequestInit} from 'undici';
import {omitUndefined} from '../../chat/omit-undefined.js';
import {RetakeError} from '../../errors.js';
import {createProxy} from '../../proxy/create-proxy.js';
import type {ProxyOptions} from '../../proxy/proxy-options.js';
import type {RetakeProxy} from '../../proxy/retake-proxy.js';
import {providerAddress} from '../../upstream/providers/provider-address.js';
import {apiOfExchange} from './api-of-exchange.js';
import {dateOf, requestHeaders, responseHeaders} from './exchange-headers.js';
import {sourceOfAnswers} from './recorded-answers.js';
import {plainBody} from './recorded-body.js';
import type {Found, RecordedExchange, WrittenExchange} from './recorded-exchange.js';

/** What became of an exchange: `reason` says why it is left out, or what of it is not carried over. */
export type Outcome = {
  readonly kind: 'imported' | 'left-out';
  readonly what: string;
  /** Set if it is left out because its host is none of an API. */
  readonly host?: string | undefined;
  readonly reasons: readonly string[];
  /** The key of what is imported. */
  readonly key?: string | undefined;
};

export type RecorderOptions = {
  readonly proxy: Omit<ProxyOptions, 'mode' | 'upstream' | 'onExchange' | 'faults' | 'now' | 'cassette'>;
  /** The cassette file to record into. */
  readonly cassette: string;
  /** The API of exchanges with hosts that are none of an API's own. */
  readonly dialect?: string | undefined;
  /** The time of what was recorded without one, in Unix milliseconds. */
  readonly now: number;
};

export type ExchangeRecorder = {
  /** Records one exchange, after all that came before it. */
  record(found: Found): Promise<Outcome>;
  /** Saves the cassette. */
  close(): Promise<void>;
};

/**
 * Records exchanges as a live proxy would have: each request is sent to a proxy of its own, whose provider gives the recorded answer. So keys,
 * attachments, redaction and everything else are the same.
 */
export function openRecorder({proxy: options, cassette, dialect, now}: RecorderOptions): ExchangeRecorder {
  const source = sourceOfAnswers();
  let time = now;
  let servedBy: string | undefined;
  let forwardsModel = options.keySettings?.forwardModel;
  let opening: Promise<{readonly proxy: RetakeProxy; readonly address: string}> | undefined;

  const open = async () => {
    const proxy = await createProxy({
      ...options,
      cassette,
      mode: 'record',
      upstream: source.upstream,
      keySettings: omitUndefined({...options.keySettings, forwardModel: forwardsModel}),
      onExchange: exchange => {
        servedBy = exchange.dialect;
      },
      // An answer has no pace of its own, and the same file gives the same cassette.
      now: () => time,
    });
    return {proxy, address: await proxy.listen()};
  };

  /** The first request decides whether keys have the name of the model, as it does when a provider is recorded. */
  const send = async (
    target: string,
    {namesModel, ...init}: RequestInit & {readonly namesModel: boolean},
  ): Promise<{readonly key: string | undefined; readonly text: string}> => {
    forwardsModel ??= namesModel;
    opening ??= open();
    const {address} = await opening;
    const response = await fetch(`${address}${target}`, {...init, redirect: 'manual'});
    const text = await response.text();
    const isRecorded = response.ok && response.headers.get('x-retake') === 'recorded';
    return {key: isRecorded ? (response.headers.get('x-retake-key') ?? '') : undefined, text};
  };

  const recordExchange = async (exchange: RecordedExchange): Promise<Outcome> => {
    const {method, url, status} = exchange;
    const what = `${method} ${url.origin}${url.pathname}`;
    const leftOut = (reason: string): Outcome => ({kind: 'left-out', what, reasons: [reason]});
    if (!/^https?:$/.test(url.protocol)) return leftOut('it is not HTTP');
    const api = apiOfExchange(url, method, dialect);
    if (!('provider' in api)) {
      const host = api.isForeign ? url.host : undefined;
      return {kind: 'left-out', what, host, reasons: [api.reason]};
    }
    const {provider} = api;
    if (method === 'OPTIONS')
      return leftOut('it is a question of a browser before its request, not a request');
    if (!Number.isInteger(status) || status < 100) return leftOut('it has no answer');
    if (status < 200 || status > 299) {
      return leftOut(`HTTP ${status}: only complete answers are recorded. For errors, see docs/faults.md`);
    }
    if (url.pathname.startsWith('/@')) return leftOut('its path is one of retake itself, not of an API');
    time = exchange.recordedAt ?? dateOf(exchange.responseHeaders) ?? now;
    const body = await plainBody(exchange.requestBody, exchange.requestHeaders);
    const {unread} = source.give({
      response: {
        statusCode: status,
        headers: responseHeaders(exchange.responseHeaders),
        body: Readable.from([Buffer.from(await plainBody(exchange.responseBody, exchange.responseHeaders))]),
      },
      provider: {address: providerAddress(provider, url.origin)},
    });
    const {key, text} = await send(`${url.pathname}${url.search}`, {
      namesModel: true,
      method,
      headers: requestHeaders(exchange.requestHeaders, provider.keyHeaders),
      body: body.length > 0 ? body : null,
    });
    if (servedBy !== provider.name) return leftOut(`retake takes it for a request of the API ${servedBy}`);
    // A stream that breaks off has begun as one that is recorded.
    if (key === undefined || unread.problem) return leftOut(unread.problem?.message ?? errorIn(text));
    const {notes = []} = exchange;
    return {kind: 'imported', what, key, reasons: unread.raw ? [...notes, unread.raw] : notes};
  };

  const recordWritten = async (written: WrittenExchange): Promise<Outcome> => {
    const {what, namesModel, path, body, notes} = written;
    const leftOut = (reason: string): Outcome => ({kind: 'left-out', what, reasons: [reason]});
    if (forwardsModel === true && !namesModel) {
      return leftOut('it answers any model, and the keys of the cassette have the name of the model');
    }
    if (forwardsModel === false && namesModel) {
      return leftOut('it answers one model, and the keys of the cassette have no name of a model');
    }
    time = now;
    const {unread} = source.give(written);
    const {key, text} = await send(path, {
      namesModel,
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify(body),
    });
    if (key === undefined || unread.problem) return leftOut(unread.problem?.message ?? errorIn(text));
    return {kind: 'imported', what, key, reasons: notes};
  };

  return {
    async record(found) {
      const {kind} = found;
      try {
        if (kind === 'left-out') return {kind, what: found.what, reasons: [found.reason]};
        if (kind === 'written') return await recordWritten(found);
        return await recordExchange(found);
      } catch (error) {
        const what =
          kind === 'exchange' ? `${found.method} ${found.url.origin}${found.url.pathname}` : found.what;
        return {kind: 'left-out', what, reasons: [messageOf(error)]};
      }
    },
    close: async () => (await opening)?.proxy.close(),
  };
}

/** The message of an error in the words of its API. */
function errorIn(text: string): string {
  try {
    const {error} = JSON.parse(text) as {error?: {message?: unknown}};
    if (typeof error?.message === 'string') return error.message;
  } catch {
    // Not an answer of retake's own: shown as it is.
  }
  return `retake does not record it: ${text.slice(0, 200)}`;
}

function messageOf(error: unknown): string {
  if (error instanceof RetakeError) return error.message;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return `the request cannot be sent: ${cause instanceof Error ? cause.message : String(cause)}`;
}
