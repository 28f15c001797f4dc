import {chmod, readFile, symlink, writeFile} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {execa} from 'execa';
import {eventually} from '../support/eventually.js';
import {serve, untilMatch} from '../support/retake.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/** A program in the place of the browser, which writes the address that it is given. */
async function fakeBrowser(t: ExecutionContext) {
  const folder = await temporaryFolder(t);
  const opened = join(folder, 'opened');
  const program = join(folder, 'xdg-open');
  await writeFile(
    program,
    `#!/bin/sh
printf %s "$1" > ${opened}.new && mv ${opened}.new ${opened}
`,
  );
  await chmod(program, 0o755);
  const path = `${folder}${delimiter}${process.env['PATH']}`;
  return {
    environment: {PATH: path, CI: 'false'},
    address: () => readFile(opened, 'utf8').catch(() => undefined),
  };
}

const words = ['--mode', 'replay', '--allow-missing-cassettes', '--open'];

// The fake browser has the name that programs of Linux look for.
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('`serve --open` opens the inspector in the browser', async t => {
  const browser = await fakeBrowser(t);
  const served = await serve(t, words, {environment: browser.environment, terminal: 120});
  await eventually('the browser was started', async () => (await browser.address()) !== undefined);
  t.is(await browser.address(), `${served.address.replace('127.0.0.1', 'localhost')}/`);
});

onLinux('without a terminal, or in CI, no browser is started', async t => {
  const browser = await fakeBrowser(t);
  const quiet = await serve(t, words, {environment: browser.environment});
  await untilMatch(quiet, quiet.errors, /http:\/\/localhost:\d+\/ was not opened without a terminal/);
  const inCi = await serve(t, words, {environment: {...browser.environment, CI: 'true'}, terminal: 120});
  await untilMatch(inCi, inCi.output, /http:\/\/localhost:\d+\/ was not opened in CI/);
  t.is(await browser.address(), undefined);
});

onLinux('without a browser, retake serves all the same', async t => {
  const folder = await temporaryFolder(t);
  const {stdout: python} = await execa('python3', ['-c', 'import sys; print(sys.executable)']);
  await symlink(python, join(folder, 'python3'));
  const served = await serve(t, words, {environment: {PATH: folder, CI: 'false'}, terminal: 200});
  await untilMatch(served, served.output, /was not opened because no browser can be started/);
  t.is((await fetch(`${served.address}/healthz`)).status, 200);
});
