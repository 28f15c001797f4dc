import type {IncomingMessage} from 'node:http';
import {clientClosed} from './client-closed.js';

/** What was read of a request's body. */
export type ReadBody = {
  /** As they came: a large body need not be copied to be recognized. */
  readonly pieces: readonly Buffer[];
  /** False if the body is larger than the limit: then the rest is discarded. */
  readonly isComplete: boolean;
};

/**
 * Reads a body, but not much more of it than `limit` bytes.
 * @throws RetakeError `client_closed` if the client closes the connection before the end.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<ReadBody> {
  if (Number(request.headers['content-length']) > limit) {
    return Promise.resolve({pieces: [], isComplete: false});
  }
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    request.on('data', (piece: Buffer) => {
      size += piece.length;
      pieces.push(piece);
      if (size <= limit) return;
      request.removeAllListeners('data');
      request.resume();
      resolve({pieces, isComplete: false});
    });
    request.on('end', () => resolve({pieces, isComplete: true}));
    request.on('error', cause => reject(clientClosed(cause)));
    request.on('close', () => {
      if (!request.complete) reject(clientClosed());
    });
  });
}

/** A body in one piece. */
export function joinPieces(pieces: readonly Buffer[]): Buffer {
  return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
}
