import {Buffer} from 'node:buffer';
import type {Readable} from 'node:stream';
import type {Dispatcher} from 'undici';
import {credentialPlaceholder, shortestCredential} from '../../chat/credential-placeholder.js';
import {
  type ClientRequest,
  RelayedError,
  type StreamedChunk,
  utf8Text,
  type WireHead,
} from '../../chat/wire.js';
import {decodeBody} from '../openai-compatible/wire/decode-body.js';
import {connectionFailure} from '../openai-compatible/wire/upstream-failure.js';
import type {KnownProvider, ProviderAddress} from './provider-address.js';
import {relayStream} from './relay-stream.js';
import {relayWhole} from './relay-whole.js';
import type {AnsweringProvider} from './relayed-answer.js';
import {requestHeaders, responseHeaders} from './relayed-headers.js';

export type Provider = {
  readonly known: KnownProvider;
  readonly address: ProviderAddress;
  readonly dispatcher: Dispatcher;
};

/** Milliseconds: reasoning models think for minutes before the first byte, and between two events. */
const silenceLimit = 600_000;

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
  provider: AnsweringProvider,
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
  {address}: AnsweringProvider,
): AsyncGenerator<Uint8Array> {
  try {
    yield* decodeBody(body, String(headers['content-encoding'] ?? ''));
  } catch (error) {
    throw connectionFailure(error, {address: address.server, phase: 'answering'});
  }
}

/** The rest of a resumable upload has to come through retake, too. */
function withClientPaths(headers: WireHead['headers'], {address}: AnsweringProvider): WireHead['headers'] {
  const upload = headers['x-goog-upload-url'];
  const path = typeof upload === 'string' ? address.clientPath(upload) : undefined;
  return path === undefined ? headers : {...headers, 'x-goog-upload-url': path};
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
