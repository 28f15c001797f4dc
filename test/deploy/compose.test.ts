import {copyFile, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import ava, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import OpenAI from 'openai';
import {goEnvironment} from '../support/go-environment.js';
import {hasHaproxy, startHaproxy} from '../support/haproxy.js';
import {freePort} from '../support/postgres-server.js';
import {findProgram} from '../support/programs.js';
import {startRetake, untilMatch} from '../support/retake.js';
import {answering, scriptedUpstream} from '../support/scripted-upstream.js';
import {hasPostgres, startPostgres} from '../support/start-postgres.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const hasGo = findProgram('go') !== undefined;
const test = hasGo ? ava : ava.skip;
const root = fileURLToPath(new URL('../../../', import.meta.url));
const builds = 'Go may have to fetch and build the parser first';

type Service = {
  readonly command: readonly string[] | null;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly {readonly target: number}[];
  readonly volumes?: readonly {readonly source: string; readonly target: string}[];
  readonly build?: {readonly context: string; readonly target: string};
};

/** A Compose file as Docker's own parser reads it. `changed` changes its text, and `.env` is beside it if variables are given. */
async function load(
  t: ExecutionContext,
  name: string,
  {changed = text => text, dotEnv}: {changed?: (text: string) => string; dotEnv?: string} = {},
) {
  const project = await temporaryFolder(t);
  const file = join(project, name);
  await mkdir(join(file, '..'), {recursive: true});
  await writeFile(file, changed(await readFile(join(root, name), 'utf8')));
  if (dotEnv !== undefined) await writeFile(join(file, '..', '.env'), dotEnv);
  await copyFile(join(root, 'deploy/haproxy.cfg'), join(file, '..', 'haproxy.cfg'));
  const {stdout, stderr, exitCode} = await execa('go', ['run', '.', file], {
    cwd: join(root, 'scripts/compose'),
    env: goEnvironment,
    reject: false,
  });
  const services: Readonly<Record<string, Service>> = exitCode === 0 ? JSON.parse(stdout).services : {};
  return {services, stderr, exitCode, project};
}

for (const name of ['compose.yaml', 'deploy/compose.yaml']) {
  test(`${name} follows the Compose specification, and one with another field does not`, async t => {
    t.timeout(600_000, builds);
    const dotEnv = 'POSTGRES_PASSWORD=secret\n';
    const {stderr, exitCode} = await load(t, name, {dotEnv});
    t.is(exitCode, 0, stderr);
    const broken = await load(t, name, {dotEnv, changed: text => text.replace('image:', 'imago:')});
    t.regex(broken.stderr, /imago/);
  });
}

test('the replicas do not start without a password for the database, and the message says which variable', async t => {
  t.timeout(600_000, builds);
  t.regex((await load(t, 'deploy/compose.yaml')).stderr, /POSTGRES_PASSWORD is missing a value/);
});

const testAll = hasGo && hasPostgres && hasHaproxy ? ava : ava.skip;

testAll(
  'the commands and variables of deploy/compose.yaml start replicas that record into one database',
  async t => {
    t.timeout(600_000, builds);
    const dotEnv = 'POSTGRES_PASSWORD=se/cret@word\n';
    const {services, project} = await load(t, 'deploy/compose.yaml', {dotEnv});
    const names = Object.keys(services).sort();
    t.deepEqual(names, ['engine', 'haproxy', 'postgres', 'retake1', 'retake2', 'retake3']);

    // Each host name of the file is an address on loopback here.
    const server = await startPostgres({authentication: 'scram-sha-256'});
    t.teardown(() => server.remove());
    const upstream = await scriptedUpstream(t, answering(['Hello']));
    const {postgres, haproxy, engine} = services;
    const {
      POSTGRES_USER: user,
      POSTGRES_DB: database,
      POSTGRES_PASSWORD: password,
    } = postgres?.environment ?? {};
    t.deepEqual({user, database, password}, {user: 'retake', database: 'retake', password: 'se/cret@word'});
    const enginePort = engine?.command?.[engine.command.indexOf('--port') + 1];
    const toLoopback = (value: string) =>
      value
        .replace('@postgres/', `@127.0.0.1:${server.port}/`)
        .replace(`http://engine:${enginePort}`, upstream.url.replace(/\/v1$/, ''));
    const ports: number[] = [];
    for (const name of ['retake1', 'retake2', 'retake3']) {
      const {command, environment = {}, build} = services[name] ?? {};
      t.deepEqual(build && {...build}, {
        context: project,
        dockerfile: 'Dockerfile',
        target: 'proxy',
      } as never);
      const port = await freePort();
      const values = Object.entries(environment).map(([variable, value]) => [variable, toLoopback(value)]);
      const started = await startRetake(t, [...(command ?? []), '--port', String(port)], {
        environment: Object.fromEntries(values),
      });
      await untilMatch(started, started.output, /listens on/);
      t.false(`${started.output()}${started.errors()}`.includes('se/cret'));
      ports.push(port);
    }
    t.is(haproxy?.volumes?.[0]?.source, join(project, 'deploy/haproxy.cfg'));
    t.is(haproxy?.ports?.[0]?.target, 8090);
    const balancer = await startHaproxy(t, ports);

    const ask = (url: string) =>
      new OpenAI({apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0}).chat.completions.create({
        model: 'gpt-4o',
        messages: [{role: 'user', content: 'Hi'}],
      });
    const answers = await Promise.all(Array.from({length: 12}, () => ask(balancer)));
    for (const port of ports) answers.push(await ask(`http://127.0.0.1:${port}`));
    t.deepEqual([...new Set(answers.map(({choices}) => choices[0]?.message.content))], ['Hello']);
    t.is(new Set(answers.map(({id}) => id)).size, 1);
    t.is(upstream.requests.length, 1);
    const [{count} = {}] = await server.query('SELECT count(*) FROM retake.takes');
    t.is(Number(count), 1);
  },
);

ava('haproxy.cfg has the replicas of deploy/compose.yaml, and its port', async t => {
  const [compose, balancer] = await Promise.all(
    ['compose.yaml', 'haproxy.cfg'].map(name => readFile(join(root, 'deploy', name), 'utf8')),
  );
  const replicas = [...(compose ?? '').matchAll(/^ {2}(retake\d+):/gm)].map(([, name]) => name);
  const servers = [...(balancer ?? '').matchAll(/^ {2}server \S+ ([^:]+):8090 check$/gm)].map(
    ([, name]) => name,
  );
  t.is(replicas.length, 3);
  t.deepEqual(servers, replicas);
  t.regex(balancer ?? '', /^ {2}bind :8090$/m);
});
