// `npm run test:image`: builds both variants of the image and runs them, without a container engine: buildah builds and runs, debootstrap
// makes the base. It takes root on Debian or Ubuntu. The last line counts: `N passed, N failed, N skipped`.
import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {appendFile, chmod, cp, mkdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {askGemini, askOpenai, untilHealthy} from './image-test/ask.mjs';
import {makeBaseImage} from './image-test/base-image.mjs';
import {openStore} from './image-test/buildah.mjs';
import {isRunning, processesBelow} from './image-test/process-tree.mjs';
import {endCommands, runCommand} from './image-test/run-command.mjs';
import {freePort, serveFile} from './image-test/serve-file.mjs';
import {buildIfNeeded, installDependencies} from './set-up.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const cache = join(process.cwd(), '.cache/image');
const trial = join(cache, 'trial');
const tags = {base: 'localhost/base:1', live: 'localhost/retake:live', replay: 'localhost/retake:replay'};
const counts = {passed: 0, failed: 0, skipped: 0};
const isCi = !['', '0', 'false', undefined].includes(process.env.CI);

const missing = await missingRequirement();
if (missing === undefined) await testImages();
else if (isCi) tell('failed', `images: ${missing}`);
else tell('skipped', `images: ${missing}`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;

async function missingRequirement() {
  if (process.getuid?.() !== 0) return 'building them without a container engine takes root';
  for (const program of ['buildah', 'debootstrap']) {
    const folder = process.env.PATH.split(':').find(place => existsSync(join(place, program)));
    if (!folder) return `${program} is missing (Debian, Ubuntu: \`apt install buildah debootstrap\`)`;
  }
  return undefined;
}

async function testImages() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, endCommands);
  const store = await openStore(trial);
  let model;
  try {
    const {weights, sha256} = await smallModel();
    model = await serveFile(weights);
    const buildArguments = {MODEL: 'custom', MODEL_URL: model.url, MODEL_SHA256: sha256};
    await check('a base image like the public one', () => makeBaseImage(store, tags.base, cache));
    await testBuild(store, model, {...buildArguments, NODE_IMAGE: tags.base});
    const cassettes = await testLive(store);
    await testReplay(store, cassettes);
    await tellSizes(store);
  } catch (error) {
    if (!error.isCounted) tell('failed', `images: ${error.stack}`);
  } finally {
    await endCommands();
    await model?.close();
    await store.remove();
  }
}

/** The model of the catalogue that is quick to fetch and to run, from the user's cache. */
async function smallModel() {
  await installDependencies();
  await buildIfNeeded();
  const retake = [
    process.execPath,
    ['dist/bin/retake.js', 'setup', '--model', 'gemma3-270m', '--json', '--quiet'],
  ];
  const {model} = JSON.parse(await runCommand(...retake, {timeout: 900_000}));
  const [sha256] = (await runCommand('sha256sum', [model.weights])).split(' ');
  return {weights: model.weights, sha256};
}

async function testBuild(store, model, buildArguments) {
  const context = join(trial, 'context');
  await copyContext(context);
  await check('the live variant is built, and its model fetched from the build arguments', async () => {
    await store.build(tags.live, {context, buildArguments});
    assert.equal(model.asked(), 1);
  });
  await check('the replay variant is built from the same file', () =>
    store.build(tags.replay, {context, buildArguments: {...buildArguments, VARIANT: 'replay'}}),
  );
  const title = 'other sources are a new top layer: nothing is fetched again';
  if (!store.keepsLayers) return tell('skipped', `${title} (no overlays on this machine)`);
  return check(title, async () => {
    const before = await store.describe(tags.live);
    await appendFile(join(context, 'cli/main.ts'), "\nprocess.title = 'retake';\n");
    await store.build(tags.live, {context, buildArguments});
    assert.notEqual((await store.describe(tags.live)).id, before.id);
    assert.equal(model.asked(), 1);
  });
}

/** What .dockerignore lets through, in a folder where it can be changed. */
async function copyContext(context) {
  const lines = (await readFile('.dockerignore', 'utf8')).split('\n');
  const paths = lines.filter(line => line.startsWith('!')).map(line => line.slice(1));
  for (const path of [...paths, '.dockerignore', 'Dockerfile']) {
    await cp(path, join(context, path), {recursive: true, preserveTimestamps: true});
  }
}

async function testLive(store) {
  const {config} = await store.describe(tags.live);
  await check(
    'it says whom it runs as, where it listens, what it keeps and how to see that it is well',
    () => {
      assert.match(config.User, /^[1-9]\d*:[1-9]\d*$/);
      assert.deepEqual(Object.keys(config.ExposedPorts), ['8090/tcp']);
      assert.deepEqual(Object.keys(config.Volumes), ['/cassettes']);
      assert.equal(config.Labels['org.opencontainers.image.title'], 'retake');
      assert.ok(config.Healthcheck.StartPeriod > 0);
    },
  );

  const [user, group] = config.User.split(':').map(Number);
  const cassettes = await makeFolder('cassettes', user, group);
  const port = await freePort();
  // As a container engine does it: the image's own command, as process 1, as the image's own user.
  const asFirstProcess = [
    ...['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'],
    ...['setpriv', '--reuid', user, '--regid', group, '--clear-groups', '--no-new-privs'],
  ];
  const container = await store.start(tags.live, [...asFirstProcess, ...config.Entrypoint, ...config.Cmd], {
    mounts: [{source: cassettes, path: '/cassettes'}],
    environment: {RETAKE_PORT: port},
    user: '0',
    capabilities: ['CAP_SYS_ADMIN'],
  });
  await check('it is well once its model can answer', () => untilHealthy(container, port));
  await check("the image's own health check agrees", async () => {
    assert.equal(await healthCheck(store, config, port), 0);
    assert.equal(await healthCheck(store, config, await freePort()), 1);
  });

  await check('a question is answered by the model in the image, and recorded', async () => {
    const {status, headers, body} = await askOpenai(port);
    assert.equal(status, 200, body);
    assert.match(JSON.parse(body).choices[0].message.content, /Paris/);
    assert.equal(headers['x-retake'], 'recorded');
  });
  await check('asked again, through the other API and by the name `retake`, it is played', async () => {
    const {status, headers, body} = await askGemini(port, {host: `retake:${port}`});
    assert.equal(status, 200, body);
    assert.match(JSON.parse(body).candidates[0].content.parts[0].text, /Paris/);
    assert.equal(headers['x-retake'], 'hit');
  });
  await check('a name that is not its own is refused', async () => {
    assert.equal((await askGemini(port, {host: 'example.org'})).status, 403);
  });

  const processes = processesBelow(container.pid);
  const retake = processes.find(({command}) => /^(node .*)?retake( |$)/.test(command));
  const engine = processes.find(({command}) => command.includes('llama_server'));
  await check('retake and its engine run without privileges', () => {
    assert.deepEqual([retake?.user, engine?.user], [user, user]);
  });
  await check('SIGTERM to process 1 ends it well, and leaves no process and a whole cassette', async () => {
    assert.equal(retake.inner, 1);
    process.kill(retake.pid, 'SIGTERM');
    const end = await Promise.race([container.ended, sleep(10_000, undefined, {ref: false})]);
    assert.equal(end?.code, 0, container.log());
    assert.deepEqual(
      processes.filter(({pid}) => isRunning(pid)),
      [],
    );
    assert.equal((await stat(join(cassettes, 'default.cassette'))).uid, user);
  });
  return cassettes;
}

async function testReplay(store, cassettes) {
  const {config} = await store.describe(tags.replay);
  await check('the replay variant holds no Python, no compiler, no engine and no model', async () => {
    const names = ['python3*', 'g++*', 'llama*', '*xllamacpp*', '*.gguf'].flatMap(name => [
      '-o',
      '-name',
      name,
    ]);
    const root = await store.look(tags.replay);
    const found = await runCommand('find', [
      root,
      '-xdev',
      '(',
      ...names.slice(1),
      ')',
      '-not',
      '-name',
      '*.py',
    ]);
    assert.equal(found, '');
  });

  await check('its `retake verify` finds the cassette of the live variant to be whole', async () => {
    const container = await store.start(tags.replay, [...config.Entrypoint, 'verify'], {
      mounts: [{source: cassettes, path: '/cassettes', readOnly: true}],
    });
    const {code, log} = await container.ended;
    assert.equal(code, 0, log);
    assert.match(log, /default/);
  });

  // A service container of a CI job starts before the job checks anything out, and its files belong to somebody else.
  const workspace = await makeFolder('workspace', 0, 0);
  const port = await freePort();
  const container = await store.start(tags.replay, [...config.Entrypoint, ...config.Cmd], {
    mounts: [{source: workspace, path: '/workspace', readOnly: true}],
    environment: {RETAKE_PORT: port, RETAKE_CASSETTE: '/workspace/cassettes'},
  });
  await check('it is well before there are cassettes', () => untilHealthy(container, port));
  await check(
    "it plays a cassette that came later, and that it can only read, as the image's own user",
    async () => {
      await cp(join(cassettes, 'default.cassette'), join(workspace, 'cassettes/default.cassette'));
      const {status, headers, body} = await askOpenai(port);
      assert.equal(status, 200, body);
      assert.match(JSON.parse(body).choices[0].message.content, /Paris/);
      assert.equal(headers['x-retake'], 'hit');
      const retake = processesBelow(container.pid).find(({command}) => command.includes('retake serve'));
      assert.ok(retake?.user > 0);
    },
  );
  await check('what was never recorded is a miss', async () => {
    const {status, headers, body} = await askOpenai(port, {question: 'What is the capital of Spain?'});
    assert.equal(status, 404);
    assert.equal(headers['x-retake'], 'miss');
    assert.match(body, /cassette_miss/);
  });
}

async function tellSizes(store) {
  const [base, live, replay] = await Promise.all(
    [tags.base, tags.live, tags.replay].map(async tag => (await store.describe(tag)).size),
  );
  console.log(`  sizes: base ${base}, replay ${replay}, live with the 270M model ${live}`);
}

async function makeFolder(name, user, group) {
  const folder = join(trial, name);
  await mkdir(folder, {recursive: true});
  await chmod(folder, 0o755);
  await runCommand('chown', [`${user}:${group}`, folder]);
  return folder;
}

async function healthCheck(store, config, port) {
  const [kind, ...command] = config.Healthcheck.Test;
  assert.equal(kind, 'CMD');
  const container = await store.start(tags.live, command, {environment: {RETAKE_PORT: port}});
  return (await container.ended).code;
}

/** One step of the story. A failure is counted and ends the story: what follows builds on it. */
async function check(title, step) {
  const start = Date.now();
  try {
    await step();
  } catch (error) {
    tell('failed', `${title}\n${error.message}`.replaceAll('\n', '\n    '));
    throw Object.assign(error, {isCounted: true});
  }
  tell('passed', `${title} (${Math.round((Date.now() - start) / 1000)} s)`);
}

function tell(outcome, text) {
  counts[outcome]++;
  console.log(`${{passed: '✔', failed: '✘', skipped: '- skipped:'}[outcome]} ${text}`);
}
