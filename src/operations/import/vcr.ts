import {Buffer} from 'node:buffer';
import {readBase64} from '../../chat/decode-base64.js';
import {isJsonObject} from '../../chat/json.js';
import {memberOf, textOf} from './parse-document.js';
import type {ForeignFormat, Found, HeaderList, RecordedBody} from './recorded-exchange.js';
import {readHead} from './recorded-head.js';

/**
 * Cassettes of vcrpy, and of the tools whose files have the same words: VCR for Ruby, betamax, go-vcr and php-vcr; in YAML or in JSON. Whether a
 * body still has its content encoding, only its bytes tell.
 */
export const vcr: ForeignFormat = {
  name: 'VCR',
  fits: content => {
    const interactions = interactionsOf(content);
    if (!interactions) return false;
    return interactions.length === 0 ? interactions !== content : interactions.some(isInteraction);
  },
  *read({content}) {
    for (const [index, interaction] of (interactionsOf(content) ?? []).entries())
      yield readInteraction(interaction, `interaction ${index + 1}`);
  },
};

function interactionsOf(content: unknown): readonly unknown[] | undefined {
  const interactions = memberOf(content, 'interactions') ?? memberOf(content, 'http_interactions') ?? content;
  return Array.isArray(interactions) ? interactions : undefined;
}

function isInteraction(interaction: unknown): boolean {
  return isJsonObject(memberOf(interaction, 'request')) && isJsonObject(memberOf(interaction, 'response'));
}

function readInteraction(interaction: unknown, place: string): Found {
  const request = memberOf(interaction, 'request');
  const response = memberOf(interaction, 'response');
  const url = textOf(memberOf(request, 'uri')) ?? memberOf(request, 'url');
  const head = readHead(place, {method: memberOf(request, 'method'), url});
  if ('kind' in head) return head;
  const {leftOut, method} = head;
  const requestBody = bodyOf(memberOf(request, 'body'));
  if (!requestBody) return leftOut('the body of its request is neither text nor bytes');
  const responseBody = bodyOf(memberOf(response, 'body') ?? memberOf(response, 'content'));
  if (!responseBody) return leftOut('the body of its answer is neither text nor bytes');
  return {
    kind: 'exchange',
    place,
    method,
    url: head.url,
    requestHeaders: headersOf(memberOf(request, 'headers')),
    requestBody,
    status: statusOf(response),
    responseHeaders: headersOf(memberOf(response, 'headers')),
    responseBody,
    recordedAt: timeOf(memberOf(interaction, 'recorded_at')),
  };
}

function statusOf(response: unknown): number {
  const status = memberOf(response, 'status');
  return Number(
    memberOf(status, 'code') ?? memberOf(response, 'code') ?? memberOf(response, 'status_code') ?? status,
  );
}

function headersOf(headers: unknown): HeaderList {
  if (!isJsonObject(headers)) return [];
  return Object.entries(headers).flatMap(([name, given]) =>
    (Array.isArray(given) ? (given as readonly unknown[]) : [given]).map(
      (value): readonly [string, string] => [
        name,
        value instanceof Uint8Array ? latin1(value) : String(value),
      ],
    ),
  );
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** Undefined if it is no body. */
function bodyOf(body: unknown): RecordedBody | undefined {
  if (!isJsonObject(body) || body instanceof Uint8Array) return contentOf(body);
  const base64 = memberOf(body, 'base64_string');
  const isKnown = 'string' in body || Object.keys(body).length === 0;
  if (typeof base64 !== 'string') return isKnown ? contentOf(memberOf(body, 'string')) : undefined;
  const bytes = readBase64(base64);
  return typeof bytes === 'string' ? undefined : {bytes};
}

function contentOf(content: unknown): RecordedBody | undefined {
  if (content === null || content === undefined) return {bytes: Buffer.alloc(0)};
  if (typeof content === 'string') return {bytes: Buffer.from(content)};
  return content instanceof Uint8Array ? {bytes: content} : undefined;
}

/** betamax writes the time in UTC without saying so. */
function timeOf(recordedAt: unknown): number | undefined {
  const text = textOf(recordedAt) ?? '';
  const zoned = /^[\d-]+T[\d:.]+$/.test(text) ? `${text}Z` : text;
  const time = recordedAt instanceof Date ? recordedAt.getTime() : Date.parse(zoned);
  return Number.isNaN(time) ? undefined : time;
}
