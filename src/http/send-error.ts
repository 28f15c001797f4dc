import type {ServerResponse} from 'node:http';
import {nameFlags} from '../config/option-flags.js';
import type {Dialect} from '../dialects/dialect.js';
import type {RetakeError} from '../errors.js';

/** Answers with an error in the dialect's shape; where an answer has already begun there is nothing left but to cut the connection. */
export function sendError(
  response: ServerResponse,
  {
    error,
    dialect,
    headers,
  }: {error: RetakeError; dialect: Dialect; headers: Readonly<Record<string, string>>},
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const encoded = dialect.encodeError(nameFlags(error));
  response.writeHead(encoded.status, {
    ...encoded.headers,
    ...headers,
    'content-length': Buffer.byteLength(encoded.body),
    // The rest of a body that is too large is not read, so nothing else can follow on this connection.
    ...(error.code === 'request_too_large' && {connection: 'close'}),
  });
  response.end(encoded.body);
}
