import {omitUndefined} from '../../chat/omit-undefined.js';
import {RetakeError} from '../../errors.js';

/** The address of cassettes in a PostgreSQL database, as libpq writes it, with the cassette's name among the parameters. */
export type StoreAddress = {
  /** The address for messages: without the password. */
  readonly shown: string;
  /** The only cassette; absent: requests choose one by name, as in a folder. */
  readonly cassette: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly database: string | undefined;
  /** Unix milliseconds: takes that were recorded later are left out. */
  readonly until: number | undefined;
  /** The other parameters, those of libpq and ours, by name. */
  readonly parameters: ReadonlyMap<string, string>;
};

/** Parameters of libpq that can be given in the address. */
const libpqParameters = [
  'host',
  'port',
  'user',
  'password',
  'dbname',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'connect_timeout',
  'application_name',
  'service',
  'options',
];

/** Parameters that retake adds. */
const ownParameters = ['cassette', 'at', 'pool_size', 'statement_timeout'];

/**
 * Whether cassettes are in a database, and not in files.
 * @throws RetakeError `invalid_setting` for an address of another kind, which as a path would show its password and become a folder
 */
export function isStoreAddress(text: string): boolean {
  if (/^postgres(?:ql)?:/i.test(text)) return true;
  const [, scheme] = /^([a-z][a-z\d+.-]+:\/\/)/i.exec(text) ?? [];
  if (scheme === undefined) return false;
  throw new RetakeError(
    'invalid_setting',
    `Expected a cassette file, a folder of cassettes or a postgres:// address, got an address that begins with ${scheme}`,
    {hint: 'retake stores cassettes in files or in PostgreSQL: postgres://USER@HOST/DATABASE?cassette=NAME.'},
  );
}

/** Passwords that were given in addresses, by the address without its password and cassette. */
const passwords = new Map<string, string>();

/** The same address without its password, which is remembered for this process. Other texts are returned as they are. */
export function concealPassword(text: string): string {
  if (!isStoreAddress(text)) return text;
  const address = parseStoreAddress(text);
  if (address.password !== undefined) passwords.set(databaseOf(address), address.password);
  return address.shown;
}

/**
 * Checks that addresses of one database do not disagree about its password: their connection is shared, and has one.
 * @throws RetakeError `invalid_setting`
 */
export function requireOnePassword(addresses: readonly string[]): void {
  const given = new Map<string, string>();
  for (const address of addresses) {
    if (!isStoreAddress(address)) continue;
    const parsed = parseGiven(address);
    const {password} = parsed;
    // An address without a password has the one that another address gives.
    if (password === undefined) continue;
    const database = databaseOf(parsed);
    const other = given.get(database) ?? password;
    if (other !== password) {
      throw new RetakeError('invalid_setting', `Two addresses of ${database} have different passwords`, {
        hint: 'Give the same password in both, or set the environment variable PGPASSWORD and leave it out of the addresses.',
      });
    }
    given.set(database, password);
  }
}

/**
 * Parses `postgres://USER@HOST:PORT/DATABASE?cassette=NAME`.
 * @throws RetakeError `invalid_setting`; the message never contains the password
 */
export function parseStoreAddress(text: string): StoreAddress {
  const address = parseGiven(text);
  return {...address, password: address.password ?? passwords.get(databaseOf(address))};
}

/** The same with the password that is in the text itself. */
function parseGiven(text: string): StoreAddress {
  const [, scheme = '', authority = '', path = '', query = ''] =
    /^(postgres(?:ql)?:\/\/)([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/i.exec(text) ?? [];
  if (scheme === '')
    throw invalid('it has another form', 'Write / ? # and @ in a password as %2F %3F %23 %40.');
  if (path.includes('@')) {
    throw invalid('it has an @ after the host', 'Write / ? # and @ in a password as %2F %3F %23 %40.');
  }
  const split = authority.lastIndexOf('@');
  const {user, password} = readUser(authority.slice(0, Math.max(split, 0)));
  const {host, port} = readHost(authority.slice(split + 1));
  const parameters = readParameters(query);
  const given = (name: string) => parameters.get(name);
  const address = {
    cassette: given('cassette'),
    user: given('user') ?? user,
    host: given('host') ?? host,
    port: given('port') === undefined ? port : readPort(given('port') ?? ''),
    database: given('dbname') ?? (path === '' ? undefined : decode(path)),
    until: readTime(given('at')),
    parameters,
  };
  return {...address, shown: showAddress(address), password: given('password') ?? password};
}

/**
 * The address of cassettes that are about to change.
 * @throws RetakeError `invalid_setting` if it names a state of the past
 */
export function requirePresent(address: StoreAddress): StoreAddress {
  if (address.until === undefined) return address;
  throw new RetakeError(
    'invalid_setting',
    `The address ${address.shown} names an earlier state, which cannot be changed`,
    {hint: 'Leave the parameter `at` out, or set the option `mode` to replay.'},
  );
}

/** The address of one cassette of a store. */
export function addressOf(address: StoreAddress, cassette: string): string {
  const parameters = new Map(address.parameters).set('cassette', cassette);
  return showAddress({...address, cassette, parameters});
}

/** The address of the database alone. */
export function databaseOf(address: Omit<StoreAddress, 'shown' | 'password'>): string {
  const parameters = new Map(address.parameters);
  for (const name of ownParameters) parameters.delete(name);
  return showAddress({...address, parameters});
}

function readUser(text: string): {user?: string; password?: string} {
  if (text === '') return {};
  const colon = text.indexOf(':');
  if (colon < 0) return {user: decode(text)};
  return {user: decode(text.slice(0, colon)), password: decode(text.slice(colon + 1))};
}

function readHost(text: string): {host?: string; port?: number} {
  if (text === '') return {};
  if (text.includes(',')) {
    throw invalid('it has several hosts', 'Give one host: a proxy such as HAProxy chooses among several.');
  }
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw invalid('its host is not a host name or an address in brackets');
  return omitUndefined({
    host: host !== '' ? decode(host) : undefined,
    port: port === undefined ? undefined : readPort(port),
  });
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port > 0 && port < 65_536) return port;
  throw invalid('its port is not a number from 1 to 65535');
}

function readTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isFinite(time)) return time;
  throw invalid('its parameter at is not a date or time', 'Write it as 2026-11-29 or 2026-11-29T15:00:00Z.');
}

function readParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of query.split('&').filter(one => one !== '')) {
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    if (![...libpqParameters, ...ownParameters].includes(name)) {
      // Its name may be the rest of a password that has a question mark.
      throw invalid(
        'it has an unknown parameter',
        `Parameters: ${[...ownParameters, ...libpqParameters].join(', ')}.`,
      );
    }
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    if (value === '') throw invalid(`its parameter ${name} is empty`);
    parameters.set(name, value);
  }
  return parameters;
}

function showAddress({user, host, port, database, parameters}: Omit<StoreAddress, 'shown' | 'password'>) {
  const isSocket = host?.startsWith('/') ?? false;
  const shownHost = host === undefined || isSocket ? '' : host.includes(':') ? `[${host}]` : encode(host);
  const authority = `${user === undefined ? '' : `${encode(user)}@`}${shownHost}${port === undefined ? '' : `:${port}`}`;
  const dropped = ['password', 'user', 'port', 'dbname', ...(isSocket ? [] : ['host'])];
  const query = [...(isSocket && host !== undefined ? new Map(parameters).set('host', host) : parameters)]
    .filter(([name]) => !dropped.includes(name))
    .map(([name, value]) => `${name}=${encode(value)}`)
    .join('&');
  return `postgres://${authority}/${database === undefined ? '' : encode(database)}${query === '' ? '' : `?${query}`}`;
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The text may be the password, so the message does not repeat it.
    throw invalid(
      'it has a % that is not followed by two hexadecimal digits',
      'Write a percent sign as %25, also in a password.',
    );
  }
}

function invalid(problem: string, hint?: string): RetakeError {
  return new RetakeError(
    'invalid_setting',
    `Expected the address of a PostgreSQL database, postgres://USER@HOST/DATABASE?cassette=NAME, but ${problem}`,
    {hint},
  );
}
