import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {RetakeError} from '../../../../src/errors.js';
import {findPython} from '../../../../src/upstream/local/set-up/find-python.js';
import {runPip} from '../../../../src/upstream/local/set-up/pip.js';
import {createEnvironment} from '../../../../src/upstream/local/set-up/python-environment.js';
import {temporaryFolder} from '../../../support/temporary-folder.js';

const wheel = Buffer.from('not really a wheel, and never opened');
const wheelDigest = createHash('sha256').update(wheel).digest('hex');

const home = await mkdtemp(join(tmpdir(), 'retake-test-'));
const environment = await createEnvironment(await findPython(undefined, process.env['PATH'] ?? ''), home);
test.after.always(() => rm(home, {recursive: true, force: true}));

test('a package index that cannot be reached is reported', async t => {
  const error = await t.throwsAsync(install(t, {index: 'http://127.0.0.1:1/simple'}), {
    instanceOf: RetakeError,
  });
  t.regex(error.message, /thing.* failed: the package index cannot be reached/);
  t.regex(error.hint ?? '', /network/);
});

test('a package whose digest differs from the pinned one is reported', async t => {
  const index = await packageIndex(t, 'thing-1.0-py3-none-any.whl');
  const error = await t.throwsAsync(install(t, {index, digest: '0'.repeat(64)}), {instanceOf: RetakeError});
  t.regex(error.message, /^The digest of thing from the package index does not match/);
});

test('a package that is not built for this system is reported', async t => {
  const index = await packageIndex(t, 'thing-1.0-py3-none-win32.whl');
  const error = await t.throwsAsync(install(t, {index}), {instanceOf: RetakeError});
  t.regex(error.message, /no prebuilt thing for this system/);
  t.regex(error.hint ?? '', /llama-server/);
});

test('an installation can be aborted', async t => {
  const stopping = new AbortController();
  const silent = createServer(() => stopping.abort(new Error('stopped')));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.teardown(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const index = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/simple`;
  await t.throwsAsync(install(t, {index, signal: stopping.signal}), {message: 'stopped'});
});

type Installation = {readonly index: string; readonly digest?: string; readonly signal?: AbortSignal};

/** Runs a real pip with a single index. */
async function install(
  t: ExecutionContext,
  {index, digest = wheelDigest, signal}: Installation,
): Promise<void> {
  const folder = await temporaryFolder(t);
  const python = join(folder, 'python');
  const settings = `env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null PIP_INDEX_URL=${index} no_proxy=127.0.0.1`;
  await writeFile(python, `#!/bin/sh\nexec ${settings} ${environment} "$@"\n`);
  await chmod(python, 0o755);
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `thing==1.0 --hash=sha256:${digest}\n`);
  await runPip({
    python,
    arguments: ['install', '--requirement', requirements],
    scratch: join(folder, 'scratch'),
    what: 'thing',
    onBytes: () => undefined,
    ...(signal === undefined ? {} : {signal}),
  });
}

/** An index in the simple format (PEP 503) with one file. */
async function packageIndex(t: ExecutionContext, file: string): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === '/simple/thing/')
      response.writeHead(200, {'content-type': 'text/html'}).end(`<a href="/${file}">${file}</a>`);
    else if (request.url === `/${file}`) response.end(wheel);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
}
