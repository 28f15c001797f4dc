import pg from 'pg';
import {omitUndefined} from '../../chat/omit-undefined.js';
import type {ConnectOptions, Encryption} from './connect-options.js';
import {findPassword} from './password-file.js';

/** The only file that knows the driver (https://node-postgres.com). */
export type Row = Readonly<Record<string, unknown>>;
export type Query = <Result extends Row = Row>(
  text: string,
  values?: readonly unknown[],
) => Promise<readonly Result[]>;

export type Connection = {
  readonly query: Query;
  /** Closes the connection at once. */
  end(): void;
};

export type Pool = {
  readonly query: Query;
  /** Lends a connection; one that failed is not used again. */
  lend<Result>(use: (query: Query) => Promise<Result>): Promise<Result>;
  end(): Promise<void>;
};

/** A client that closes its socket if it cannot log in: the driver leaves it open until the server gives up, after a minute. */
class ClosingClient extends pg.Client {
  override connect(): Promise<pg.Client>;
  override connect(callback: ((error: Error) => void) | ((error: null, client: pg.Client) => void)): void;
  override connect(callback?: (error: never, client: never) => void): Promise<pg.Client> | undefined {
    const connected = super.connect().catch((error: unknown) => {
      // Its own failure says nothing more.
      this.end().catch(() => {});
      throw error;
    });
    if (callback === undefined) return connected;
    const report = callback as (error: unknown, client?: pg.Client) => void;
    connected.then(
      () => report(null, this),
      (error: unknown) => report(error),
    );
    return undefined;
  }
}

/** Opens a connection that stays open; `onEnd` is called once when it is lost, `onNotification` with each payload of a channel. */
export async function openConnection(
  options: ConnectOptions,
  encryption: Encryption,
  {onEnd, onNotification}: {onEnd(): void; onNotification?: (payload: string) => void},
): Promise<Connection> {
  const client = new ClosingClient(clientConfig(options, encryption));
  let hasEnded = false;
  const end = () => {
    if (hasEnded) return;
    hasEnded = true;
    onEnd();
  };
  client.on('error', end);
  client.on('end', end);
  client.on('notification', ({payload}) => onNotification?.(payload ?? ''));
  try {
    await client.connect();
  } catch (error) {
    hasEnded = true;
    throw error;
  }
  return {
    query: queryOf(client),
    end() {
      hasEnded = true;
      // It may be lost already, which is what is wanted.
      client.end().catch(() => {});
    },
  };
}

export function openPool(options: ConnectOptions, encryption: Encryption): Pool {
  const pool = new pg.Pool({
    ...clientConfig(options, encryption),
    Client: ClosingClient,
    max: options.poolSize,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
  });
  // An idle connection was lost, for the server restarts: the pool opens another when it needs one.
  pool.on('error', () => {});
  return {
    query: async (text, values = []) => (await pool.query(text, [...values])).rows,
    async lend(use) {
      const client = await pool.connect();
      let failure: Error | undefined;
      const noteFailure = (error: Error) => {
        failure = error;
      };
      client.on('error', noteFailure);
      try {
        return await use(queryOf(client));
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
        throw error;
      } finally {
        client.off('error', noteFailure);
        client.release(failure);
      }
    },
    end: () => pool.end(),
  };
}

function queryOf(client: pg.ClientBase): Query {
  return async (text, values = []) => (await client.query(text, [...values])).rows;
}

function clientConfig(options: ConnectOptions, encryption: Encryption): pg.ClientConfig {
  const {user, password, host, port, database, applicationName, connectTimeout, statementTimeout} = options;
  return omitUndefined({
    user,
    // The types of the driver do not know that it may be absent.
    password: password ?? (() => findPassword({host, port, database, user}) as Promise<string>),
    host,
    port,
    database,
    options: options.options,
    ssl: encryption,
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeout,
    // The client's own limit: a pooler such as pgbouncer refuses the server's as a parameter of the connection.
    query_timeout: statementTimeout,
    keepAlive: true,
  });
}

/** What an error of the driver means for the caller. */
export function kindOfError(error: unknown): 'connection' | 'conflict' | 'query' {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // Deadlock, serialization failure.
  if (code === '40P01' || code === '40001') return 'conflict';
  // Class 08: connection; 57P0x: shutting down or starting; 53300: too many connections; 25006: read-only (a standby).
  if (/^(08|57P0|53300|25006)/.test(code)) return 'connection';
  if (error instanceof pg.DatabaseError || isUntrusted(error)) return 'query';
  const isOfSystem = /^E[A-Z_]+$|TLS|SSL/.test(code);
  const message = error instanceof Error ? error.message : '';
  return isOfSystem || /timeout|connection|terminated|closed|SSL/i.test(message) ? 'connection' : 'query';
}

/** Whether the server's certificate is not accepted (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
export function isUntrusted(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /CERT|^UNABLE_TO_|^CRL_|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)/.test(code);
}

/** The server's code of an error (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
export function serverCode(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** Whether the server has no encryption at all, so that the next form may be tried. */
export function refusesEncryption(error: unknown): boolean {
  return error instanceof Error && /does not support SSL/.test(error.message);
}

/** Whether the server asks for encryption (28000: no pg_hba.conf entry). */
export function demandsEncryption(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '28000';
}
