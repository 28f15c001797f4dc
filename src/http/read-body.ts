import type {IncomingMessage} from 'node:http';
import {RetakeError} from '../errors.js';

/**
 * The whole body of a request, in the pieces in which it came: a large one that is known already need not be put together.
 * @throws RetakeError `request_too_large` as soon as more than `limit` bytes are announced or have come; `client_closed` when the client
 * went away in the middle.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<readonly Buffer[]> {
  return new Promise((resolve, reject) => {
    const fail = (error: RetakeError) => {
      request.removeAllListeners('data');
      request.resume();
      reject(error);
    };
    if (Number(request.headers['content-length']) > limit) return fail(tooLarge(limit));
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) fail(tooLarge(limit));
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks));
    request.on('error', cause => reject(closed(cause)));
    request.on('close', () => {
      if (!request.complete) reject(closed(undefined));
    });
  });
}

/** A body in one piece. */
export function joinBody(chunks: readonly Buffer[]): Buffer {
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

function tooLarge(limit: number): RetakeError {
  return new RetakeError(
    'request_too_large',
    `The request's body is larger than ${limit} bytes, which is the limit`,
    {
      hint: 'Raise the option `bodyLimit`.',
    },
  );
}

function closed(cause: unknown): RetakeError {
  return new RetakeError('client_closed', 'The client went away before its request was complete', {cause});
}
