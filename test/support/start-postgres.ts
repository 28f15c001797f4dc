import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {type AddressInfo, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import pg from 'pg';
import {findProgram} from './programs.js';

const programs = ['initdb', 'postgres'].map(findProgram);

export const hasPostgres = programs.every(program => program !== undefined);

export type PostgresServer = {
  readonly port: number;
  /** The id of its first process. */
  readonly pid: number;
  /** An address without a cassette's name, for the user `retake` and its empty database. */
  readonly address: string;
  /** With `tls`, the file with the certificate of the authority that signed the server's. */
  readonly authority: string;
  /** Runs statements as the superuser. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** Ends the server as a machine that fails would (`SIGQUIT`), or after disconnecting all (`SIGINT`). */
  stop(signal?: 'SIGINT' | 'SIGQUIT'): Promise<void>;
  start(): Promise<void>;
  /** Ends the server and removes its folder. */
  remove(): Promise<void>;
};

export type ServerOptions = {
  /** Lines of postgresql.conf. */
  readonly settings?: readonly string[];
  /** The method of pg_hba.conf for connections over TCP. */
  readonly authentication?: 'trust' | 'scram-sha-256';
  readonly encoding?: string;
  /** Encrypts connections over TCP, and accepts no others; its certificate is for the name `localhost`. */
  readonly tls?: boolean;
};

/** A real server on loopback, in a temporary folder, run by a user who is not root. */
export async function startPostgres({
  settings = [],
  authentication = 'trust',
  encoding = 'UTF8',
  tls = false,
}: ServerOptions = {}): Promise<PostgresServer> {
  const [initdb = '', postgres = ''] = programs;
  const folder = mkdtempSync(join(tmpdir(), 'retake-postgres-'));
  const owner = process.getuid?.() === 0 ? {uid: userId('nobody'), gid: userId('nobody', 'g')} : {};
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid);
  chmodSync(folder, 0o700);
  const data = join(folder, 'data');
  const options = {...owner, cwd: folder, env: {PATH: process.env['PATH'] ?? '', LC_ALL: 'C'}};
  execFileSync(
    initdb,
    [
      '-D',
      data,
      '-U',
      'postgres',
      '--encoding',
      encoding,
      '--no-sync',
      '--auth',
      'trust',
      '--auth-host',
      authentication,
    ],
    {...options, stdio: 'pipe'},
  );
  const authority = join(folder, 'authority.pem');
  if (tls) {
    writeCertificates(folder, owner);
    const lines = ['local all all trust', `hostssl all all 127.0.0.1/32 ${authentication}`];
    writeFileSync(join(data, 'pg_hba.conf'), `${lines.join('\n')}\n`);
  }
  const encryption = tls
    ? ['ssl=on', `ssl_cert_file=${join(folder, 'server.pem')}`, `ssl_key_file=${join(folder, 'server.key')}`]
    : [];
  const port = await freePort();
  const given = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    'max_connections=200',
    ...encryption,
    ...settings,
  ].flatMap(one => ['-c', one]);
  let child: ChildProcess | undefined;
  const admin = {host: folder, port, user: 'postgres', database: 'postgres'};
  const query = async (text: string, values: readonly unknown[] = [], database = 'postgres') => {
    const client = new pg.Client({...admin, database});
    await client.connect();
    try {
      return (await client.query(text, [...values])).rows;
    } finally {
      await client.end();
    }
  };
  const start = async () => {
    child = spawn(postgres, ['-D', data, '-p', String(port), ...given], {...options, stdio: 'ignore'});
    for (let tries = 0; ; tries++) {
      try {
        await query('SELECT 1');
        return;
      } catch (error) {
        if (tries > 300 || child.exitCode !== null) throw error;
        await sleep(50);
      }
    }
  };
  const stop = async (signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT') => {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null) return;
    const ended = once(running, 'exit');
    running.kill(signal);
    await ended;
  };
  await start();
  await query("CREATE ROLE retake LOGIN PASSWORD 'se/cret@word'");
  await query('CREATE DATABASE retake OWNER retake');
  return {
    port,
    get pid() {
      return child?.pid ?? 0;
    },
    address: `postgres://retake@127.0.0.1:${port}/retake`,
    authority,
    query: (text, values) => query(text, values, 'retake'),
    start,
    stop,
    async remove() {
      await stop('SIGQUIT');
      rmSync(folder, {recursive: true, force: true});
    },
  };
}

/** A certificate for `localhost`, the authority that signed it, and one that did not. */
function writeCertificates(folder: string, owner: {uid?: number; gid?: number}): void {
  const openssl = (...words: readonly string[]) =>
    execFileSync('openssl', [...words], {cwd: folder, stdio: 'pipe'});
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  for (const name of ['authority', 'stranger']) {
    const output = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    openssl('req', '-x509', ...key, '-days', '2', '-subj', `/CN=${name}`, ...output);
  }
  openssl('req', ...key, '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr');
  writeFileSync(join(folder, 'names.cnf'), 'subjectAltName=DNS:localhost\n');
  const signed = ['-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial'];
  const output = ['-days', '2', '-extfile', 'names.cnf', '-out', 'server.pem'];
  openssl('x509', '-req', '-in', 'server.csr', ...signed, ...output);
  chmodSync(join(folder, 'server.key'), 0o600);
  if (owner.uid !== undefined) chownSync(join(folder, 'server.key'), owner.uid, owner.gid ?? owner.uid);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The id of a user or of a group. */
export function userId(name: string, kind: 'u' | 'g' = 'u'): number {
  return Number(execFileSync('id', [`-${kind}`, name]).toString());
}
