import {once} from 'node:events';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import test from 'ava';
import {execa} from 'execa';
import {startRetake} from '../../src/kits/retake-process.js';
import {eventually} from '../support/eventually.js';
import {temporaryFolder} from '../support/temporary-folder.js';

test('a retake ends when it is closed', async t => {
  const directory = await temporaryFolder(t);
  const retake = await startRetake({cassettes: 'cassettes', mode: 'replay', directory});
  t.is((await fetch(`${retake.address}/healthz`)).status, 200);
  await retake.close();
  await t.throwsAsync(fetch(`${retake.address}/healthz`));
});

test('a retake ends with the process that started it, even if that is killed', async t => {
  const directory = await temporaryFolder(t);
  const module = pathToFileURL('dist/src/kits/retake-process.js').href;
  const script = `
    const {startRetake} = await import(${JSON.stringify(module)});
    const {address} = await startRetake({cassettes: 'cassettes', mode: 'replay', directory: ${JSON.stringify(directory)}});
    console.log(address);
    setInterval(() => {}, 1000);`;
  const child = execa(process.execPath, ['--input-type=module', '--eval', script], {reject: false});
  t.teardown(() => child.kill('SIGKILL'));
  const [address] = await once(child.stdout, 'data');
  t.is((await fetch(`${String(address).trim()}/healthz`)).status, 200);
  child.kill('SIGKILL');
  await child;
  const isThere = async () => (await fetch(`${String(address).trim()}/healthz`).catch(() => undefined))?.ok;
  await eventually('retake has ended', async () => !(await isThere()));
  t.pass();
});

test('a process that has nothing else to do ends', async t => {
  const directory = await temporaryFolder(t);
  const module = pathToFileURL('dist/src/kits/retake-process.js').href;
  const script = `
    const {startRetake} = await import(${JSON.stringify(module)});
    await startRetake({cassettes: 'cassettes', mode: 'replay', directory: ${JSON.stringify(directory)}});`;
  const {exitCode, timedOut} = await execa(process.execPath, ['--input-type=module', '--eval', script], {
    reject: false,
    timeout: 60_000,
  });
  t.false(timedOut);
  t.is(exitCode, 0);
});

test('a process waits for the retake that it closes, also while something else holds its output open', async t => {
  const directory = await temporaryFolder(t);
  const preload = join(directory, 'hold-output.mjs');
  await writeFile(
    preload,
    `import {spawn} from 'node:child_process';
    if (process.argv.includes('serve'))
      spawn('sleep', ['3'], {stdio: ['ignore', 'inherit', 'inherit'], detached: true}).unref();`,
  );
  const module = pathToFileURL('dist/src/kits/retake-process.js').href;
  const script = `
    const {startRetake} = await import(${JSON.stringify(module)});
    const retake = await startRetake({cassettes: 'cassettes', mode: 'replay', directory: ${JSON.stringify(directory)}});
    await retake.close();
    console.log('closed');`;
  const {exitCode, stdout} = await execa(process.execPath, ['--input-type=module', '--eval', script], {
    reject: false,
    timeout: 60_000,
    env: {NODE_OPTIONS: `--import=${pathToFileURL(preload)}`},
  });
  t.is(exitCode, 0);
  t.is(stdout, 'closed');
});

test('a retake that cannot start says why', async t => {
  const directory = await temporaryFolder(t);
  await t.throwsAsync(startRetake({cassettes: 'cassettes', mode: 'fast', directory}), {
    message: /retake could not be started: .*fast/s,
  });
});
