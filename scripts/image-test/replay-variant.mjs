import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {cp, readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {askAboutInvoice, askOpenai, untilHealthy} from './ask.mjs';
import {check} from './check.mjs';
import {processesBelow} from './process-tree.mjs';
import {runCommand} from './run-command.mjs';
import {freePort} from './serve-file.mjs';
import {tags} from './variants.mjs';

const maximumMegabytes = 130;

/** Runs the replay variant with the recordings of the live one. */
export async function tryReplayVariant(store, makeFolder, cassettes) {
  const {config} = await store.describe(tags.replay);
  await check(
    'the variants without a model contain no Python, no compiler, no engine and no model',
    async () => {
      assert.notEqual(await findWhatItMustNotHold(store, tags.live), '');
      assert.equal(await findWhatItMustNotHold(store, tags.proxy), '');
      assert.equal(await findWhatItMustNotHold(store, tags.replay), '');
    },
  );
  await check(`the replay variant is not larger than ${maximumMegabytes} MB, and has no shell`, async () => {
    const root = await store.look(tags.replay);
    const [kilobytes] = (
      await runCommand('du', ['--summarize', '--apparent-size', '--block-size=kB', root])
    ).split('kB');
    assert.ok(Number(kilobytes) <= maximumMegabytes * 1000, `${kilobytes} kB`);
    assert.deepEqual(await readdir(join(root, 'usr/local/bin')), ['node']);
    assert.ok(!existsSync(join(root, 'bin/sh')));
  });
  await check('its `retake verify`, run by any user, accepts the recorded cassette', async () => {
    const container = await store.start(tags.replay, [...config.Entrypoint, 'verify'], {
      mounts: [{source: cassettes, path: '/cassettes', readOnly: true}],
      user: '12345:12345',
    });
    const {code, log} = await container.ended;
    assert.equal(code, 0, log);
    assert.match(log, /default/);
  });

  // A service container starts before the job's checkout, and the files that appear later belong to another user.
  const workspace = await makeFolder('workspace', '0:0');
  const port = await freePort();
  const container = await store.start(tags.replay, [...config.Entrypoint, ...config.Cmd], {
    mounts: [{source: workspace, path: '/workspace', readOnly: true}],
    environment: {RETAKE_PORT: port, RETAKE_CASSETTE: '/workspace/cassettes'},
  });
  await check('it is healthy before there are cassettes', () => untilHealthy(container, port));
  await check('it replays a read-only cassette that appears later', async () => {
    await cp(join(cassettes, 'default.cassette'), join(workspace, 'cassettes/default.cassette'));
    const {status, headers, body} = await askOpenai(port);
    assert.equal(status, 200, body);
    assert.match(JSON.parse(body).choices[0].message.content, /Paris/);
    assert.equal(headers['x-retake'], 'hit');
  });
  await check('it replays the answer about the PDF', async () => {
    const {status, headers, body} = await askAboutInvoice(port);
    assert.equal(status, 200, body);
    assert.equal(headers['x-retake'], 'hit');
  });
  await check(
    'a PDF that was never recorded is a miss, too: its pages are drawn without poppler',
    async () => {
      const {status, body} = await askAboutInvoice(port, {document: 'examples/order.pdf'});
      assert.equal(status, 400, body);
      assert.match(body, /cassette_miss/);
    },
  );
  await check('a request that was never recorded is a miss', async () => {
    const {status, headers, body} = await askOpenai(port, {question: 'What is the capital of Spain?'});
    assert.equal(status, 400);
    assert.equal(headers['x-retake'], 'miss');
    assert.match(body, /cassette_miss/);
  });
  await check("it runs as the image's own user", () => {
    const retake = processesBelow(container.pid).find(({command}) =>
      /^\S*node \S*retake\.js serve$/.test(command),
    );
    assert.equal(retake?.user, Number(config.User.split(':')[0]));
  });
}

async function findWhatItMustNotHold(store, tag) {
  const pattern = String.raw`.*/(python3[^/]*|g\+\+[^/]*|llama-server|xllamacpp[^/]*|[^/]*\.gguf)`;
  const root = await store.look(tag);
  return runCommand('find', [root, '-regextype', 'posix-extended', '-regex', pattern]);
}
