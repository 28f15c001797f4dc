import {buildConnector, type Dispatcher, Pool} from 'undici';

/** A pool whose connections serve one request after another. */
export type ReusedConnections = {
  readonly dispatcher: Dispatcher;
  /** Whether a request failed because the connection that it was sent on had answered earlier requests and was closed. */
  wasStale(error: unknown): boolean;
};

/**
 * Milliseconds for which an idle connection is kept. Servers close theirs after some seconds, and the fewest announce it: uvicorn and Node
 * after 5 s, gunicorn after 2 s.
 */
const longestIdle = 1000;

/** The watchdog of each request sets its timeouts. */
export const withoutTimeouts = {headersTimeout: 0, bodyTimeout: 0};

/** The connections to one origin, reused while requests follow each other closely. */
export function reuseConnections(origin: string, connectTimeout: number): ReusedConnections {
  const connect = buildConnector({timeout: connectTimeout});
  const stale = new WeakSet<Error>();
  const dispatcher = new Pool(origin, {
    connect: (target, callback) =>
      connect(target, (...[error, socket]) => {
        if (error) return callback(error, null);
        socket.on('error', failure => {
          if (socket.bytesRead > 0) stale.add(failure);
        });
        callback(null, socket);
      }),
    pipelining: 1,
    keepAliveTimeout: longestIdle,
    keepAliveMaxTimeout: longestIdle,
    ...withoutTimeouts,
  });
  return {dispatcher, wasStale: error => error instanceof Error && stale.has(error)};
}
