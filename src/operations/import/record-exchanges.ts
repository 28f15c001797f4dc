import {Readable} from 'node:stream';
import {fetch, type RequestInit} from 'undici';
import {omitUndefined} from '../../chat/omit-undefined.js';
import {placeholderKey} from '../../chat/placeholder-key.js';
import type {StreamedChunk} from '../../chat/wire.js';
import {builtInDialects} from '../../dialects/registry.js';
import {RetakeError, toRetakeError} from '../../errors.js';
import {createProxy, type ProxyOptions, type RetakeProxy} from '../../proxy/create-proxy.js';
import {providerAddress} from '../../upstream/providers/provider-address.js';
import {type ProviderResponse, relayResponse} from '../../upstream/providers/relay.js';
import type {RelayContext, Upstream} from '../../upstream/upstream.js';
import {apiOfExchange} from './api-of-exchange.js';
import {headerOf, plainBody} from './recorded-body.js';
import type {Found, HeaderList, RecordedExchange, WrittenExchange} from './recorded-exchange.js';

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
    return {kind: 'imported', what, key, reasons: unread.raw ? [unread.raw] : []};
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

type Given =
  | {readonly response: ProviderResponse; readonly provider: Parameters<typeof relayResponse>[1]}
  | Pick<WrittenExchange, 'chunks'>;

/** What is found out about an answer while it is read. */
type Unread = {problem?: RetakeError; raw?: string};

/** An upstream that gives the answer that it was given last. */
function sourceOfAnswers(): {readonly upstream: Upstream; give(given: Given): {readonly unread: Unread}} {
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

/** The headers of a request that can change its key or the API that it belongs to; no other one is needed. */
const wantedHeaders = new Set([
  'content-type',
  'accept',
  ...builtInDialects.flatMap(({answerHeaders, provider}) => [
    ...answerHeaders.byValue,
    ...answerHeaders.byPresence,
    ...(provider?.keyHeaders ?? []),
  ]),
]);

/** A key that was filtered out gets a placeholder, because some paths belong to an API only with its key. */
function requestHeaders(headers: HeaderList, keyHeaders: readonly string[]): Record<string, string> {
  const kept = Object.fromEntries(
    [...wantedHeaders].flatMap(name => {
      const value = headerOf(headers, name);
      return value === '' ? [] : [[name, value]];
    }),
  );
  const own = keyHeaders.find(name => name !== 'authorization') ?? 'authorization';
  return keyHeaders.some(name => kept[name] !== undefined) ? kept : {...kept, [own]: placeholderKey};
}

/** Without those of the framing and of the encoding, which the body no longer has. */
function responseHeaders(headers: HeaderList): Record<string, string> {
  const kept = new Map<string, string>();
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    if (name === '' || name.startsWith(':') || name === 'content-encoding' || name === 'set-cookie') continue;
    kept.set(name, value);
  }
  return Object.fromEntries(kept);
}

function dateOf(headers: HeaderList): number | undefined {
  const date = Date.parse(headerOf(headers, 'date'));
  return Number.isNaN(date) ? undefined : date;
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
