import {RetakeError} from '../../../errors.js';
import {invalidArguments} from '../field-violations.js';
import {decodeDuration, decodeTimestamp} from '../timestamp.js';
import type {CachedContent} from './schema.js';

/**
 * The time when a cache expires, in Unix milliseconds; undefined if the message does not set it.
 * @throws RetakeError `invalid_request`
 */
export function decodeExpiration(
  {ttl, expireTime}: Pick<CachedContent, 'ttl' | 'expireTime'>,
  now: number,
  request: string,
): number | undefined {
  const field = ttl === undefined ? 'expire_time' : 'ttl';
  const expiresAt = ttl === undefined ? timestampIn(expireTime) : now + durationIn(ttl);
  if (expiresAt === undefined || expiresAt > now) return expiresAt;
  const description = 'the time at which it expires must be in the future.';
  throw invalidArguments([{field: `cached_content.${field}`, description}], request);
}

function durationIn(ttl: string): number {
  const milliseconds = decodeDuration(ttl);
  if (milliseconds !== undefined) return milliseconds;
  throw malformed('ttl', 'Duration', "Illegal duration format; duration must end with 's'");
}

function timestampIn(expireTime: string | undefined): number | undefined {
  if (expireTime === undefined) return undefined;
  const milliseconds = decodeTimestamp(expireTime);
  if (milliseconds !== undefined) return milliseconds;
  throw malformed(
    'expireTime',
    'Timestamp',
    "Illegal timestamp format; timestamps must end with 'Z' or have a valid timezone offset.",
  );
}

function malformed(field: string, type: string, problem: string): RetakeError {
  const path = field === 'ttl' ? 'cached_content.ttl' : 'cached_content.expire_time';
  return new RetakeError(
    'invalid_request',
    `Invalid value at '${path}' (type.googleapis.com/google.protobuf.${type}), Field '${field}', ${problem}`,
    {field: path},
  );
}
