import {createHash} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import {crc32} from 'node:zlib';
import type {DialectTraits} from '../dialects/dialect.js';

/** Everything in a request that can change its answer. */
export type Fingerprint = {
  /** Finds candidates fast. */
  readonly id: string;
  /** Confirms a candidate: the body, or the digest of a long one, which takes its time and is made only if it is needed. */
  readonly bodyOrDigest: () => Buffer;
  readonly isLong: boolean;
};

export type AnswerHeaders = DialectTraits['answerHeaders'];

export function answerHeadersOf(dialects: readonly Pick<DialectTraits, 'answerHeaders'>[]): AnswerHeaders {
  const byValue = dialects.flatMap(({answerHeaders}) => answerHeaders.byValue);
  const byPresence = dialects.flatMap(({answerHeaders}) => answerHeaders.byPresence);
  return {byValue: [...new Set([...ownHeaders, ...byValue])], byPresence: [...new Set(byPresence)]};
}

/** Headers that can change an answer in every API. */
const ownHeaders = [
  'x-retake-mode',
  'x-retake-session',
  'x-retake-cassette',
  'content-type',
  'content-encoding',
];

export function identify(
  {url, headers}: IncomingMessage,
  body: Buffer,
  {byValue, byPresence}: AnswerHeaders,
): Fingerprint {
  const parts: (string | string[] | number | undefined)[] = [url];
  for (const name of byPresence) parts.push(headers[name] === undefined ? '' : '+');
  for (const name of byValue) parts.push(headers[name]);
  const isLong = body.length > longestComparedBody;
  parts.push(isLong ? checksumOf(body) : crc32(body));
  // Joined, it is one text. Pieces that are added to each other stay in memory, each of them.
  const id = parts.join('\n');
  if (!isLong) return {id, bodyOrDigest: () => body, isLong};
  let digest: Buffer | undefined;
  const bodyOrDigest = () => {
    digest ??= createHash('sha256').update(body).digest();
    return digest;
  };
  return {id, bodyOrDigest, isLong};
}

/** Bytes up to which comparing two bodies costs less than digesting one. */
const longestComparedBody = 64 * 1024;

/** The length of a long body and the checksum of its ends. Between them is an attachment, which is the same for many questions. */
function checksumOf(body: Buffer): string {
  return `${body.length} ${crc32(body.subarray(-longestEnd), crc32(body.subarray(0, longestEnd)))}`;
}

/** Bytes at either end of a long body. */
const longestEnd = 16 * 1024;
