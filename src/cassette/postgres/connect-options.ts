import {existsSync, readFileSync} from 'node:fs';
import {homedir, userInfo} from 'node:os';
import {join} from 'node:path';
import type {ConnectionOptions} from 'node:tls';
import {omitUndefined} from '../../chat/omit-undefined.js';
import {RetakeError} from '../../errors.js';
import type {StoreAddress} from './store-address.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** How to connect, resolved as libpq does: the address, then the service, then the PG variables, then the defaults. */
export type ConnectOptions = {
  readonly user: string;
  /** Absent: the one in the password file. */
  readonly password?: string | undefined;
  /** An absolute path is the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** The forms of encryption to try in turn: the next one if the server has not the one before. */
  readonly encryptions: readonly [Encryption, ...Encryption[]];
  readonly applicationName: string;
  /** Extra options of the server's session, as libpq's `options`. */
  readonly options?: string | undefined;
  /** Milliseconds. */
  readonly connectTimeout: number;
  readonly poolSize: number;
  /** Milliseconds. */
  readonly statementTimeout: number;
};

export type Encryption = false | ConnectionOptions;

/** @throws RetakeError `invalid_setting` */
export function connectOptions(address: StoreAddress, environment: Environment): ConnectOptions {
  const {parameters} = address;
  const service = readService(parameters.get('service') ?? environment['PGSERVICE'], environment);
  const given = (name: string, variable?: string) =>
    parameters.get(name) ?? service.get(name) ?? (variable && environment[variable]) ?? undefined;
  const port = address.port ?? numberOf('port', given('port', 'PGPORT')) ?? 5432;
  const host = address.host ?? given('host', 'PGHOST') ?? defaultHost(port);
  const user = address.user ?? given('user', 'PGUSER') ?? userInfo().username;
  return {
    user,
    password: address.password ?? service.get('password') ?? environment['PGPASSWORD'],
    host,
    port,
    database: address.database ?? given('dbname', 'PGDATABASE') ?? user,
    encryptions: encryptionsOf({
      mode: given('sslmode', 'PGSSLMODE') ?? 'prefer',
      isSocket: host.startsWith('/'),
      root: given('sslrootcert', 'PGSSLROOTCERT'),
      certificate: given('sslcert', 'PGSSLCERT'),
      key: given('sslkey', 'PGSSLKEY'),
    }),
    applicationName: given('application_name', 'PGAPPNAME') ?? 'retake',
    options: given('options', 'PGOPTIONS'),
    connectTimeout: 1000 * (numberOf('connect_timeout', given('connect_timeout', 'PGCONNECT_TIMEOUT')) || 5),
    poolSize: numberOf('pool_size', parameters.get('pool_size')) || 10,
    statementTimeout: numberOf('statement_timeout', parameters.get('statement_timeout')) || 30_000,
  };
}

/** Where packages of PostgreSQL put the sockets of a server on this machine. */
const socketFolders = ['/var/run/postgresql', '/tmp'];

function defaultHost(port: number): string {
  return socketFolders.find(folder => existsSync(join(folder, `.s.PGSQL.${port}`))) ?? 'localhost';
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw invalid(`Expected ${name} to be a whole number, got ${JSON.stringify(text)}`);
}

/** The parameters of a service: a section of ~/.pg_service.conf or PGSERVICEFILE. */
function readService(name: string | undefined, environment: Environment): ReadonlyMap<string, string> {
  if (name === undefined) return new Map();
  const file = environment['PGSERVICEFILE'] ?? join(environment['HOME'] ?? homedir(), '.pg_service.conf');
  const service = new Map<string, string>();
  let isInSection = false;
  let isFound = false;
  for (const line of readText('the service file', file).split(/\r?\n/)) {
    const [, section] = /^\s*\[(.*)\]\s*$/.exec(line) ?? [];
    if (section !== undefined) {
      isInSection = section === name;
      isFound ||= isInSection;
    }
    const [, key, value] = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (isInSection && key !== undefined && value !== undefined) service.set(key, value);
  }
  if (!isFound) throw invalid(`Expected the service file ${file} to have the section [${name}]`);
  return service;
}

type SslParameters = {
  readonly mode: string;
  readonly isSocket: boolean;
  readonly root: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
};

/** The meaning of `sslmode` in libpq (https://www.postgresql.org/docs/current/libpq-ssl.html). */
function encryptionsOf({
  mode,
  isSocket,
  root,
  certificate,
  key,
}: SslParameters): ConnectOptions['encryptions'] {
  if (isSocket) return [false];
  const identity = omitUndefined({
    cert: certificate === undefined ? undefined : readText('the certificate', certificate),
    key: key === undefined ? undefined : readText('the key', key),
  });
  const ca = root !== undefined && root !== 'system' ? {ca: readText('the root certificate', root)} : {};
  const unverified = {...identity, rejectUnauthorized: false};
  const byAuthority = {...identity, ...ca, checkServerIdentity: () => undefined};
  switch (mode) {
    case 'disable':
      return [false];
    case 'allow':
      return [false, unverified];
    case 'prefer':
      return [unverified, false];
    case 'require':
      return [root === undefined ? unverified : byAuthority];
    case 'verify-ca':
      if (root === undefined) {
        throw invalid(
          'Expected sslrootcert with sslmode=verify-ca: the certificate of the authority to trust',
        );
      }
      return [byAuthority];
    case 'verify-full':
      return [{...identity, ...ca}];
    default:
      throw invalid(
        `Expected sslmode to be disable, allow, prefer, require, verify-ca or verify-full, got ${JSON.stringify(mode)}`,
      );
  }
}

function readText(what: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const subject = `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
    throw new RetakeError(
      'invalid_setting',
      `${subject} of the PostgreSQL database cannot be read: ${reason}`,
      {
        cause,
      },
    );
  }
}

function invalid(message: string): RetakeError {
  return new RetakeError('invalid_setting', `${message} (the address of the PostgreSQL database)`);
}
