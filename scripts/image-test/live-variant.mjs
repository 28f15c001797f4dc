import assert from 'node:assert/strict';
import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {askAboutInvoice, askGemini, askOpenai, untilHealthy} from './ask.mjs';
import {check} from './check.mjs';
import {isRunning, processesBelow} from './process-tree.mjs';
import {freePort} from './serve-file.mjs';
import {tags} from './variants.mjs';

/** Runs the live variant, which records into an empty folder of the image's user. */
export async function tryLiveVariant(store, makeFolder) {
  const {config} = await store.describe(tags.live);
  await check('the image declares its user, its port, its volume and its health check', () => {
    assert.match(config.User, /^[1-9]\d*:[1-9]\d*$/);
    assert.deepEqual(Object.keys(config.ExposedPorts), ['8090/tcp']);
    assert.deepEqual(Object.keys(config.Volumes), ['/cassettes']);
    assert.equal(config.Healthcheck.Test[0], 'CMD');
    assert.equal(config.Labels['org.opencontainers.image.title'], 'retake');
  });

  const [user, group] = config.User.split(':').map(Number);
  const cassettes = await makeFolder('cassettes', config.User);
  const port = await freePort();
  const container = await store.start(tags.live, asFirstProcess(config, user, group), {
    mounts: [{source: cassettes, path: '/cassettes'}],
    environment: {RETAKE_PORT: port, LK_CTX_SIZE: 1024},
    user: '0',
    capabilities: ['CAP_SYS_ADMIN'],
  });
  await check('it is healthy once its model is ready', () => untilHealthy(container, port));
  await check("the image's own health check agrees", async () => {
    assert.equal(await healthCheck(store, config, port), 0);
    assert.equal(await healthCheck(store, config, await freePort()), 1);
  });
  await check('the model in the image answers a request, and the answer is recorded', async () => {
    const {status, headers, body} = await askOpenai(port);
    assert.equal(status, 200, body);
    assert.match(JSON.parse(body).choices[0].message.content, /Paris/);
    assert.equal(headers['x-retake'], 'recorded');
  });
  await check(
    'the same request through the other API, addressed to the host `retake`, is replayed',
    async () => {
      const {status, headers, body} = await askGemini(port, {host: `retake:${port}`});
      assert.equal(status, 200, body);
      assert.match(JSON.parse(body).candidates[0].content.parts[0].text, /Paris/);
      assert.equal(headers['x-retake'], 'hit');
    },
  );
  await check('a request about a PDF is answered from its pages, and recorded', async () => {
    const {status, headers, body} = await askAboutInvoice(port);
    assert.equal(status, 200, body);
    assert.match(JSON.parse(body).choices[0].message.content, /15 December 2026/);
    assert.equal(headers['x-retake'], 'recorded');
    assert.equal(headers['x-retake-pages'], 'text');
  });
  await check('an unknown host name is refused', async () => {
    assert.equal((await askGemini(port, {host: 'example.org'})).status, 403);
  });

  const processes = processesBelow(container.pid);
  const retake = processes.find(({command}) => /^node .*retake serve$/.test(command));
  const engine = processes.find(({command}) => command.includes('llama_server'));
  await check('retake and its engine run without privileges, and with the given settings', () => {
    assert.deepEqual([retake?.user, engine?.user], [user, user]);
    assert.match(engine.command, / 1024( |$)/);
  });
  await check(
    'SIGTERM to process 1 stops it cleanly, with no process left and a valid cassette',
    async () => {
      assert.equal(retake.inner, 1);
      process.kill(retake.pid, 'SIGTERM');
      const end = await Promise.race([container.ended, sleep(10_000, undefined, {ref: false})]);
      assert.equal(end?.code, 0, container.log());
      assert.deepEqual(
        processes.filter(({pid}) => isRunning(pid)),
        [],
      );
      assert.equal((await stat(join(cassettes, 'default.cassette'))).uid, user);
    },
  );
  return cassettes;
}

/** Starts the image's command as a container engine does: as process 1 and as the image's user. */
function asFirstProcess({Entrypoint, Cmd}, user, group) {
  return [
    ...['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'],
    ...['setpriv', '--reuid', user, '--regid', group, '--clear-groups', '--no-new-privs'],
    ...Entrypoint,
    ...Cmd,
  ];
}

async function healthCheck(store, {Healthcheck}, port) {
  const container = await store.start(tags.live, Healthcheck.Test.slice(1), {
    environment: {RETAKE_PORT: port},
  });
  return (await container.ended).code;
}
