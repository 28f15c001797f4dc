import test from 'ava';
import {hasPostgres, type PostgresServer, type ServerOptions, startPostgres} from './start-postgres.js';

export {freePort, hasPostgres, type PostgresServer, userId} from './start-postgres.js';

/** `test` for tests that cannot run on this machine. */
export const skippedTest = Object.assign(test.skip, {serial: test.serial.skip});

/** `test` where PostgreSQL is installed. Elsewhere the tests are skipped, visibly; scripts/test.mjs makes that a failure in CI. */
export const postgresTest = hasPostgres ? test : skippedTest;

/** The server of a test file: it is started before the tests, and removed after them. */
export function useServer(options: ServerOptions = {}): () => PostgresServer {
  let server: PostgresServer | undefined;
  if (hasPostgres) {
    test.before(async () => {
      server = await startPostgres(options);
    });
    test.after.always(() => server?.remove());
  }
  return () => {
    if (!server) throw new Error('PostgreSQL is not running');
    return server;
  };
}
