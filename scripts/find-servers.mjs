// Looks for the servers of the store's tests, PostgreSQL, PgBouncer and HAProxy, and for Prometheus's promtool. In CI, Debian's packages are
// installed if they are missing, and a program that is still missing is an error; elsewhere the tests that need them are skipped.
import {execFileSync} from 'node:child_process';
import {accessSync, constants, readdirSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import process from 'node:process';

const isCi = !['', '0', 'false', undefined].includes(process.env.CI);
const servers = {postgresql: 'postgres', pgbouncer: 'pgbouncer', haproxy: 'haproxy', prometheus: 'promtool'};

if (missing().length > 0 && isCi && process.getuid?.() === 0 && find('apt-get')) {
  console.log(`Installing ${missing().join(' and ')} …`);
  const apt = words => execFileSync('apt-get', words, {stdio: ['ignore', 'ignore', 'inherit']});
  apt(['update']);
  apt(['install', '--yes', '--no-install-recommends', ...missing()]);
}
if (missing().length === 0) {
  console.log('PostgreSQL, PgBouncer, HAProxy and promtool are installed.');
} else {
  console.log(
    `Not installed: ${missing().join(', ')}. The tests that need them are skipped. To install them:`,
  );
  console.log(`  apt-get install ${missing().join(' ')}`);
  if (isCi) process.exitCode = 1;
}

function missing() {
  return Object.keys(servers).filter(name => !find(servers[name]));
}

function find(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return [...folders, ...postgresFolders()].some(folder => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      // Not in this folder.
      return false;
    }
  });
}

/** Where Debian puts the programs that are not on PATH. */
function postgresFolders() {
  try {
    return readdirSync('/usr/lib/postgresql').map(version => join('/usr/lib/postgresql', version, 'bin'));
  } catch {
    // Debian's packages are not installed.
    return [];
  }
}
