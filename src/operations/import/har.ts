import {Buffer} from 'node:buffer';
import {readBase64} from '../../chat/decode-base64.js';
import {restoreStream} from './misread-text.js';
import {listOf, memberOf, textOf} from './parse-document.js';
import {headerOf} from './recorded-body.js';
import type {
  ForeignDocument,
  ForeignFormat,
  Found,
  HeaderList,
  RecordedBody,
  RecordedExchange,
} from './recorded-exchange.js';
import {readHead} from './recorded-head.js';

/**
 * HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/), as browsers, Playwright, mitmproxy and Polly.js write it. A body that is text has
 * no content encoding any more, whatever the headers say.
 */
export const har: ForeignFormat = {
  name: 'HAR',
  fits: content => Array.isArray(memberOf(memberOf(content, 'log'), 'entries')),
  *read(document) {
    const entries = listOf(memberOf(memberOf(document.content, 'log'), 'entries'));
    const creator = textOf(memberOf(memberOf(memberOf(document.content, 'log'), 'creator'), 'name')) ?? '';
    for (const [index, entry] of entries.entries()) {
      const found = readEntry(entry, `entry ${index + 1}`, document);
      yield found.kind === 'exchange' ? withRestoredText(found, {creator, entry}) : found;
    }
  },
};

function withRestoredText(
  exchange: RecordedExchange,
  {creator, entry}: {readonly creator: string; readonly entry: unknown},
): RecordedExchange {
  const type = headerOf(exchange.responseHeaders, 'content-type');
  if (!/^text\/event-stream\b/i.test(type) || /charset/i.test(type)) return exchange;
  const size = Number(memberOf(memberOf(memberOf(entry, 'response'), 'content'), 'size'));
  const {bytes, note} = restoreStream(exchange.responseBody.bytes, {creator, size});
  return {
    ...exchange,
    responseBody: {...exchange.responseBody, bytes},
    notes: note === undefined ? [] : [note],
  };
}

function readEntry(entry: unknown, place: string, document: ForeignDocument): Found {
  const request = memberOf(entry, 'request');
  const response = memberOf(entry, 'response');
  const head = readHead(place, {method: memberOf(request, 'method'), url: memberOf(request, 'url')});
  if ('kind' in head) return head;
  const {leftOut, method, url} = head;
  const requestBody = requestBodyOf(request, method, document);
  if (typeof requestBody === 'string') return leftOut(requestBody);
  const status = Number(memberOf(response, 'status'));
  const responseBody = responseBodyOf(memberOf(response, 'content'), document);
  // What was no answer has no body to miss.
  if (typeof responseBody === 'string' && status >= 200 && status < 300) return leftOut(responseBody);
  const startedAt = Date.parse(textOf(memberOf(entry, 'startedDateTime')) ?? '');
  return {
    kind: 'exchange',
    place,
    method,
    url,
    requestHeaders: headersOf(memberOf(request, 'headers')),
    requestBody,
    status,
    responseHeaders: headersOf(memberOf(response, 'headers')),
    responseBody: typeof responseBody === 'string' ? {bytes: Buffer.alloc(0)} : responseBody,
    recordedAt: Number.isNaN(startedAt) ? undefined : startedAt,
  };
}

function headersOf(headers: unknown): HeaderList {
  return listOf(headers).map(header => [
    textOf(memberOf(header, 'name')) ?? '',
    textOf(memberOf(header, 'value')) ?? '',
  ]);
}

/** The body, or why it cannot be known. */
function requestBodyOf(request: unknown, method: string, document: ForeignDocument): RecordedBody | string {
  const post = memberOf(request, 'postData');
  const attached = attachedFile(post, document);
  if (attached) return attached;
  const text = textOf(memberOf(post, 'text'));
  if (text !== undefined && text !== '') return bodyOf(text, post);
  const isForm = listOf(memberOf(post, 'params')).length > 0;
  const size = Number(memberOf(request, 'bodySize') ?? unknownSize);
  const isMissing = size < 0 ? bodyMethods.includes(method) && !saysEmpty(request) : size > 0;
  return isForm || isMissing ? 'the file does not have the body of its request' : {bytes: Buffer.alloc(0)};
}

const bodyMethods = ['POST', 'PUT', 'PATCH'];

/** What HAR writes where a program does not know the size of a body. */
const unknownSize = -1;

/** Whether the headers say that the request has no body. */
function saysEmpty(request: unknown): boolean {
  const headers = headersOf(memberOf(request, 'headers'));
  return headers.some(([name, value]) => name.toLowerCase() === 'content-length' && value === '0');
}

function responseBodyOf(content: unknown, document: ForeignDocument): RecordedBody | string {
  const attached = attachedFile(content, document);
  if (attached) return attached;
  const text = textOf(memberOf(content, 'text'));
  if (text !== undefined) return bodyOf(text, content);
  return Number(memberOf(content, 'size')) > 0
    ? 'the file does not have the body of its answer: export the HAR with content'
    : {bytes: Buffer.alloc(0)};
}

/** Playwright may store bodies as files beside the HAR. */
function attachedFile(holder: unknown, {readSibling}: ForeignDocument): RecordedBody | string | undefined {
  const name = textOf(memberOf(holder, '_file'));
  if (name === undefined) return undefined;
  const bytes = readSibling(name);
  return bytes ? {bytes} : `the body is in the file ${JSON.stringify(name)}, which is not beside the HAR`;
}

function bodyOf(text: string, holder: unknown): RecordedBody | string {
  const encoding = textOf(memberOf(holder, 'encoding')) ?? '';
  if (encoding !== '' && encoding !== 'base64') {
    return encoding.toLowerCase().startsWith('utf')
      ? {bytes: Buffer.from(text), isDecoded: true}
      : `the body has the encoding ${JSON.stringify(encoding)}, which is not one of HAR`;
  }
  if (encoding === '') return {bytes: Buffer.from(text), isDecoded: true};
  const pieces = piecesOf(text).map(readBase64);
  const wrong = pieces.find(piece => typeof piece === 'string');
  if (wrong !== undefined) return `the body is not base64: ${String(wrong)}`;
  return {bytes: Buffer.concat(pieces.filter(piece => typeof piece !== 'string'))};
}

/** Polly.js stores a compressed body as the text of a list of pieces. */
function piecesOf(text: string): readonly string[] {
  if (!text.startsWith('[')) return [text];
  try {
    const pieces: unknown = JSON.parse(text);
    return Array.isArray(pieces) && pieces.every(piece => typeof piece === 'string') ? pieces : [text];
  } catch {
    // Not base64 either, as the caller finds.
    return [text];
  }
}
