import {cp, mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {execa} from 'execa';
import {temporaryFolder} from '../support/temporary-folder.js';

const manifests = [':!package.json', ':!package-lock.json'];

/** The lines of tracked files that match, with their file. */
async function linesWith(pattern: string, ...without: readonly string[]): Promise<readonly string[]> {
  const {stdout} = await execa('git', ['grep', '-nE', pattern, '--', '.', ...without], {reject: false});
  return stdout.split('\n').filter(line => line !== '');
}

test('only package.json names the repository', async t => {
  t.deepEqual(await linesWith('github\\.com[/:][A-Za-z0-9-]+/retake\\b', ...manifests, ':!test'), []);
});

test('no placeholder stands for an owner: only GitHub and SQL have one', async t => {
  const others = (await linesWith('\\bOWNER\\b', ':!test/docs/addresses.test.ts')).filter(
    line => !/author_association|'OWNER', 'MEMBER'|CREATE DATABASE .* OWNER retake/.test(line),
  );
  t.deepEqual(others, []);
});

test('nothing is left to do in code and pages', async t => {
  t.deepEqual(await linesWith('\\b(TODO|FIXME|XXX)\\b', ':!test', ':!scripts'), []);
});

/** What npm runs before it publishes a package with this manifest. */
async function prepublish(t: Parameters<typeof temporaryFolder>[0], manifest: object) {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'scripts'));
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({name: 'retake', version: '1.0.0', ...manifest}),
  );
  for (const name of ['prepack', 'set-up', 'run-quietly', 'supported-node', 'explain-failure'])
    await cp(`scripts/${name}.mjs`, join(folder, 'scripts', `${name}.mjs`));
  const env = {npm_command: 'publish'};
  return execa(process.execPath, [join(folder, 'scripts/prepack.mjs')], {env, reject: false});
}

test('a package is published only if it names its repository', async t => {
  const {exitCode, stdout, stderr} = await prepublish(t, {});
  t.is(exitCode, 1);
  t.is(stdout, '');
  t.regex(
    stderr,
    /package\.json does not name the repository, .*: npm pkg set repository\.type=git repository\.url=/,
  );

  const named = await prepublish(t, {repository: {type: 'git', url: 'git+https://example.com/retake.git'}});
  t.regex(named.stdout, /Installing packages/);
  t.notRegex(named.stderr, /does not name the repository/);
});
