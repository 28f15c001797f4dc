import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import pg from 'pg';
import {eventually} from './eventually.js';
import {freePort, hasPostgres, type PostgresServer, userId} from './postgres-server.js';
import {findProgram} from './programs.js';

export const hasPgbouncer = hasPostgres && findProgram('pgbouncer') !== undefined;

/** PgBouncer in transaction mode in front of the server of a test file. Returns the address of the database behind it. */
export function usePgbouncer(server: () => PostgresServer): () => string {
  let port = 0;
  let child: ChildProcess | undefined;
  let folder = '';
  if (hasPgbouncer) {
    test.before(async () => {
      // The hooks of a file run at the same time.
      await eventually('PostgreSQL runs', () => isRunning(server));
      port = await freePort();
      folder = mkdtempSync(join(tmpdir(), 'retake-pgbouncer-'));
      chmodSync(folder, 0o755);
      writeFileSync(join(folder, 'users.txt'), '"retake" "se/cret@word"\n');
      writeFileSync(join(folder, 'pgbouncer.ini'), configuration(folder, port, server().port));
      // It refuses to run as root.
      const owner = process.getuid?.() === 0 ? {uid: userId('nobody'), gid: userId('nobody', 'g')} : {};
      child = spawn(findProgram('pgbouncer') ?? '', ['--quiet', join(folder, 'pgbouncer.ini')], {
        ...owner,
        stdio: 'ignore',
      });
      await eventually('PgBouncer accepts connections', async () => {
        const client = new pg.Client({host: '127.0.0.1', port, user: 'retake', database: 'retake'});
        try {
          await client.connect();
          await client.end();
          return true;
        } catch {
          return false;
        }
      });
    });
    test.after.always(async () => {
      if (child && child.exitCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      rmSync(folder, {recursive: true, force: true});
    });
  }
  return () => `postgres://retake@127.0.0.1:${port}/retake`;
}

function isRunning(server: () => PostgresServer): boolean {
  try {
    return server().port > 0;
  } catch {
    return false;
  }
}

function configuration(folder: string, port: number, serverPort: number): string {
  return `[databases]
retake = host=127.0.0.1 port=${serverPort} dbname=retake
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
default_pool_size = 40
max_client_conn = 200
`;
}
