import type {IncomingMessage} from 'node:http';
import {clientClosed} from './client-closed.js';

/** What was read of a request's body. */
export type ReadBody = {
  readonly body: Buffer;
  /** False if the body is larger than the limit: then it is discarded. */
  readonly isComplete: boolean;
};

const incomplete: ReadBody = {body: Buffer.alloc(0), isComplete: false};

/**
 * Reads a body, but not much more of it than `limit` bytes.
 * @throws RetakeError `client_closed` if the client closes the connection before the end.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<ReadBody> {
  if (Number(request.headers['content-length']) > limit) return Promise.resolve(incomplete);
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    request.on('data', (piece: Buffer) => {
      size += piece.length;
      pieces.push(piece);
      if (size <= limit) return;
      request.removeAllListeners('data');
      request.resume();
      resolve(incomplete);
    });
    request.on('end', () => resolve({body: joinPieces(pieces), isComplete: true}));
    request.on('error', cause => reject(clientClosed(cause)));
    request.on('close', () => {
      if (!request.complete) reject(clientClosed());
    });
  });
}

/** The pieces as one, after which they are gone. */
function joinPieces(pieces: readonly Buffer[]): Buffer {
  if (pieces.length === 1 && pieces[0]) return pieces[0];
  const body = Buffer.concat(pieces);
  for (const piece of pieces) free(piece);
  return body;
}

/**
 * Frees the memory of a buffer now instead of in the next collection. V8 collects garbage more often the more memory it knows in use: with
 * the pieces of long bodies, after every nine requests of a megabyte.
 */
function free({buffer, byteLength}: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
