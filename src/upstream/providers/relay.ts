import {Buffer} from 'node:buffer';
import type {Readable} from 'node:stream';
import type {Dispatcher} from 'undici';
import {withinTime} from '../../async/within-time.js';
import {credentialPlaceholder, shortestCredential} from '../../chat/credential-placeholder.js';
import {isJsonObject, type JsonValue, parseJson} from '../../chat/json.js';
import {rawRequestOf} from '../../chat/raw-request.js';
import {
  type AnswerReader,
  type ClientRequest,
  RelayedError,
  rawEnd,
  type StreamedChunk,
  utf8Text,
  type WireHead,
} from '../../chat/wire.js';
import {RetakeError, toRetakeError} from '../../errors.js';
import {decodeBody} from '../openai-compatible/wire/decode-body.js';
import {connectionFailure} from '../openai-compatible/wire/upstream-failure.js';
import {finishesCandidate, hasCandidates, hasError, meaningOf} from './event-meaning.js';
import type {KnownProvider, ProviderAddress} from './provider-address.js';
import {requestHeaders, responseHeaders} from './relayed-headers.js';
import {createTokenReader, type TokenReader} from './spent-tokens.js';
import {type StreamEvent, splitArray, splitServerSentEvents} from './stream-events.js';

export type Provider = {
  readonly known: KnownProvider;
  readonly address: ProviderAddress;
  readonly dispatcher: Dispatcher;
};

/** Milliseconds: reasoning models think for minutes before the first byte, and between two events. */
const silenceLimit = 600_000;

/** Milliseconds that a provider may take to end its response after the last event. */
const endLimit = 2000;

const largestError = 16 * 1024 * 1024;

/**
 * Sends a client's request to its provider as it came, and yields the bytes of the answer as they come, with the chunks that they mean. It
 * follows no redirect, so no credential reaches another host.
 * @throws RetakeError `RelayedError` for every answer but a successful one, `upstream_unavailable` if there is none
 */
export async function* relay(
  provider: Provider,
  client: ClientRequest,
  signal: AbortSignal,
): AsyncGenerator<StreamedChunk> {
  yield* relayResponse(await send(provider, client, signal), provider, client);
}

/** A provider's response, before its content encoding is removed. */
export type ProviderResponse = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'> & {
  readonly body: Readable;
};

/**
 * The bytes of a response as they come, with the chunks that they mean.
 * @throws RetakeError as `relay` does
 */
export async function* relayResponse(
  response: ProviderResponse,
  provider: Pick<Provider, 'address'>,
  client: ClientRequest,
): AsyncGenerator<StreamedChunk> {
  const {statusCode: status} = response;
  const body = bodyOf(response, provider);
  const headers = withClientPaths(responseHeaders(response.headers), provider);
  if (status < 200 || status > 299) {
    const error = withoutKey({status, headers, body: await readAll(body, largestError)}, client);
    throw new RelayedError(
      `The provider at ${provider.address.server.display} answered HTTP ${status} to ${client.method} ${client.path}`,
      error,
      {form: client.form, by: new URL(provider.address.server.origin).host},
    );
  }
  const head: WireHead = {type: 'wire-head', form: client.form, status, headers};
  yield head;
  const contentType = String(headers['content-type'] ?? '');
  // Gateways may answer a request for a stream in one piece.
  const isWhole = /^application\/json\b/i.test(contentType) && !client.reader?.streamsJson;
  const isStream = client.form.delivery === 'stream' && !isWhole;
  yield* isStream || /^text\/event-stream/i.test(contentType)
    ? relayStream(body, contentType, {provider, client})
    : relayWhole(body, contentType, {provider, client});
}

/** A provider's error may repeat the key. The client that does not have it is not to get it. */
function withoutKey(response: RelayedError['response'], {ownKey}: ClientRequest): RelayedError['response'] {
  if (ownKey === undefined || ownKey.length < shortestCredential) return response;
  const conceal = (text: string) => text.replaceAll(ownKey, credentialPlaceholder);
  const {status, headers, body} = response;
  const text = utf8Text(body);
  return {
    status,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        typeof value === 'string' ? conceal(value) : value.map(conceal),
      ]),
    ),
    body: text?.includes(ownKey) ? Buffer.from(conceal(text)) : body,
  };
}

async function send(
  {known, address, dispatcher}: Provider,
  {method, path, query, headers, bytes}: ClientRequest,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const hasBody = bytes.length > 0 || ['POST', 'PUT', 'PATCH'].includes(method);
  try {
    return await dispatcher.request({
      origin: address.server.origin,
      method: method as Dispatcher.HttpMethod,
      path: address.target(path, query),
      headers: requestHeaders(headers, known),
      body: hasBody ? Buffer.from(bytes) : null,
      headersTimeout: silenceLimit,
      bodyTimeout: silenceLimit,
      signal,
    });
  } catch (error) {
    throw connectionFailure(error, {address: address.server, phase: 'asking'});
  }
}

async function* bodyOf(
  {body, headers}: ProviderResponse,
  {address}: Pick<Provider, 'address'>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* decodeBody(body, String(headers['content-encoding'] ?? ''));
  } catch (error) {
    throw connectionFailure(error, {address: address.server, phase: 'answering'});
  }
}

/** The rest of a resumable upload has to come through retake, too. */
function withClientPaths(
  headers: WireHead['headers'],
  {address}: Pick<Provider, 'address'>,
): WireHead['headers'] {
  const upload = headers['x-goog-upload-url'];
  const path = typeof upload === 'string' ? address.clientPath(upload) : undefined;
  return path === undefined ? headers : {...headers, 'x-goog-upload-url': path};
}

type Asked = {readonly provider: Pick<Provider, 'address'>; readonly client: ClientRequest};

async function* relayWhole(
  body: AsyncIterable<Uint8Array>,
  contentType: string,
  {provider, client}: Asked,
): AsyncGenerator<StreamedChunk> {
  const {reader} = client;
  const pieces: Uint8Array[] = [];
  for await (const bytes of body) {
    pieces.push(bytes);
    yield {type: 'wire-data', bytes};
  }
  const value = jsonOf(Buffer.concat(pieces));
  const isJson = /^application\/json\b/i.test(contentType) || reader !== undefined;
  if (isJson && pieces.length > 0 && value === undefined) yield* fail(notJson(provider));
  const tokens = tokensOf(client, provider);
  tokens.read(value);
  if (!reader) {
    yield startOf(provider);
    yield {type: 'wire-verdict', verdict: 'raw', spent: tokens.spent()};
    yield rawEnd;
    return;
  }
  if (isJsonObject(value) && hasError(value)) yield* fail(reportedError(provider));
  const read = readBody(reader, value ?? null);
  if (Array.isArray(read)) yield* read;
  else yield* unreadable(provider, read as RetakeError, tokens);
}

function readBody(reader: AnswerReader, value: JsonValue) {
  try {
    return reader.readBody(value);
  } catch (error) {
    return toRetakeError(error);
  }
}

async function* relayStream(
  body: AsyncIterable<Uint8Array>,
  contentType: string,
  {provider, client}: Asked,
): AsyncGenerator<StreamedChunk> {
  const stream = client.reader?.openStream();
  const isArray = /json/i.test(contentType);
  const splitter = isArray ? splitArray() : splitServerSentEvents();
  const seen = {start: false, error: false, end: false, finished: false, needsEnd: false};
  let problem: RetakeError | undefined;
  const tokens = tokensOf(client, provider);
  const read = function* (events: readonly StreamEvent[]): Generator<StreamedChunk> {
    if (!stream || problem) return;
    try {
      for (const event of events) {
        for (const chunk of stream.push(event)) {
          seen.start ||= chunk.type === 'reply-start';
          yield chunk;
        }
      }
    } catch (error) {
      problem = toRetakeError(error);
    }
  };
  for await (const bytes of untilEnd(body, () => seen.end)) {
    const events = splitter.push(bytes);
    for (const event of events) {
      note(event, seen);
      tokens.readEvent(event);
    }
    yield {type: 'wire-data', bytes, isLast: seen.end};
    yield* read(events);
  }
  const last = splitter.end();
  for (const event of last) {
    note(event, seen);
    tokens.readEvent(event);
  }
  yield* read(last);
  if (seen.error) yield* fail(reportedError(provider));
  if (!splitter.isComplete()) yield* fail(wasCut(provider));
  if (stream && !problem) {
    yield* endOf(stream);
    return;
  }
  const hasEnd = seen.end || seen.finished;
  // An answer that was not understood is kept only if it surely came to its end.
  if (problem && !hasEnd) yield* fail(problem);
  if (seen.needsEnd && !hasEnd) yield* fail(wasCut(provider));
  if (!seen.start) yield startOf(provider);
  yield {type: 'wire-verdict', verdict: 'raw', reason: problem, spent: tokens.spent()};
  yield rawEnd;
}

/** The rest of an answer's chunks. One that is not complete has come to the client, and is no answer. */
async function* endOf(stream: ReturnType<AnswerReader['openStream']>): AsyncGenerator<StreamedChunk> {
  let rest: ReturnType<typeof stream.end>;
  try {
    rest = stream.end();
  } catch (error) {
    return yield* fail(toRetakeError(error));
  }
  yield* rest;
}

type Seen = {error: boolean; end: boolean; finished: boolean; needsEnd: boolean};

function note(event: StreamEvent, seen: Seen): void {
  const {isError, isEnd, needsEnd} = meaningOf(event);
  seen.error ||= isError;
  seen.end ||= isEnd;
  // Gemini ends a stream with the connection. Before that, an event says why each candidate ended.
  seen.finished ||= finishesCandidate(event);
  seen.needsEnd ||= needsEnd || hasCandidates(event);
}

/** The pieces of a body, up to a moment after its last event: some servers leave the connection open. */
async function* untilEnd(
  body: AsyncIterable<Uint8Array>,
  hasEnded: () => boolean,
): AsyncGenerator<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = iterator.next();
      const result = hasEnded() ? await withinTime(next, endLimit) : await next;
      if (!result || result.done) return;
      yield result.value;
    }
  } finally {
    void iterator.return?.().catch(() => {});
  }
}

/** The end of what is no answer, or not all of one: the client has it, and it is not recorded. */
async function* fail(reason: RetakeError): AsyncGenerator<StreamedChunk, never> {
  yield {type: 'wire-verdict', verdict: 'failed', reason};
  throw reason;
}

async function* unreadable(
  provider: Pick<Provider, 'address'>,
  reason: RetakeError,
  tokens: TokenReader,
): AsyncGenerator<StreamedChunk> {
  yield startOf(provider);
  yield {type: 'wire-verdict', verdict: 'raw', reason, spent: tokens.spent()};
  yield rawEnd;
}

/** What is fetched again, such as a stored response, has taken its tokens before. */
function tokensOf(client: ClientRequest, {address}: Pick<Provider, 'address'>): TokenReader {
  const {method} = client;
  const reader = createTokenReader(() => requestedModel(client) ?? new URL(address.server.origin).host);
  return method === 'POST' ? reader : {...reader, read() {}, readEvent() {}};
}

/** The model that a JSON body or a form asks for: answers with images or transcriptions do not name it. */
function requestedModel({method, path, headers, bytes}: ClientRequest): string | undefined {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  const contentType = at < 0 ? '' : headers[at + 1];
  const {body} = rawRequestOf({api: '', method, path, query: new URLSearchParams(), contentType, bytes});
  const json = body && 'json' in body && isJsonObject(body.json) ? body.json : {};
  const part = body && 'parts' in body ? body.parts.find(({name}) => name === 'model') : undefined;
  const model = json['model'] ?? (part && 'text' in part ? part.text : undefined);
  return typeof model === 'string' && model !== '' ? model : undefined;
}

function startOf({address}: Pick<Provider, 'address'>): StreamedChunk {
  return {type: 'reply-start', answeredBy: {model: new URL(address.server.origin).host}};
}

function jsonOf(bytes: Uint8Array): JsonValue | undefined {
  const text = utf8Text(bytes);
  if (text === undefined) return undefined;
  try {
    return parseJson(text);
  } catch {
    // Decided by the caller: not every body has to be JSON.
    return undefined;
  }
}

async function readAll(body: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    pieces.push(piece);
    length += piece.length;
    if (length > limit) break;
  }
  return Buffer.concat(pieces);
}

function notJson({address}: Pick<Provider, 'address'>): RetakeError {
  return new RetakeError(
    'upstream_failed',
    `Expected JSON from the provider at ${address.server.display}, got something else: it was passed on, and not recorded`,
  );
}

function reportedError({address}: Pick<Provider, 'address'>): RetakeError {
  return new RetakeError(
    'upstream_failed',
    `The provider at ${address.server.display} reported an error in its answer: it was passed on, and not recorded`,
  );
}

function wasCut({address}: Pick<Provider, 'address'>): RetakeError {
  return new RetakeError(
    'upstream_failed',
    `The provider at ${address.server.display} ended its answer before the last event: it was passed on, and not recorded`,
  );
}
