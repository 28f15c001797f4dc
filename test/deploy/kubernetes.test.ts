import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import ava from 'ava';
import {execa} from 'execa';
import {parseStoreAddress} from '../../src/cassette/postgres/store-address.js';
import {goEnvironment} from '../support/go-environment.js';
import {findProgram} from '../support/programs.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const test = findProgram('go') === undefined ? ava.skip : ava;
const root = fileURLToPath(new URL('../../../', import.meta.url));
const manifests = join(root, 'deploy/kubernetes');

/** Decodes manifests with the types of the Kubernetes API. */
const check = (files: readonly string[]) =>
  execa('go', ['run', '.', ...files], {
    cwd: join(root, 'scripts/kubernetes'),
    env: goEnvironment,
    reject: false,
  });

test('the manifests have the fields and types of the Kubernetes API, and one with another field has not', async t => {
  t.timeout(600_000, 'Go may have to fetch and build the types first');
  const files = (await readdir(manifests)).map(name => join(manifests, name));
  const sound = await check(files);
  t.is(sound.exitCode, 0, sound.stderr);
  t.is(sound.stdout.split('\n').length, 7);
  const text = await readFile(join(manifests, 'retake.yaml'), 'utf8');
  const broken = join(await temporaryFolder(t), 'broken.yaml');
  await writeFile(broken, text.replace('containerPort:', 'containerPorts:'));
  t.regex((await check([broken])).stderr, /unknown field .*containerPorts/);
});

ava('the manifests name each other: the database, the engine, their ports and the secret', async t => {
  const read = (name: string) => readFile(join(manifests, `${name}.yaml`), 'utf8');
  const [retake, postgres, engine] = [await read('retake'), await read('postgres'), await read('engine')];
  const address = parseStoreAddress(/postgres:[^"]+/.exec(retake)?.[0] ?? '');
  t.regex(postgres, new RegExp(`^  name: ${address.host}$`, 'm'));
  t.regex(postgres, new RegExp(`POSTGRES_USER, value: ${address.user}}`));
  t.regex(postgres, new RegExp(`POSTGRES_DB, value: ${address.database}}`));
  const upstream = new URL(/RETAKE_UPSTREAM, value: "([^"]+)"/.exec(retake)?.[1] ?? '');
  t.regex(engine, new RegExp(`^  name: ${upstream.hostname}$`, 'm'));
  t.regex(engine, new RegExp(`port: ${upstream.port}, targetPort: http`));
  const secret = /secretKeyRef: {.*}/.exec(retake)?.[0] ?? 'none';
  t.true(postgres.includes(secret));
});
