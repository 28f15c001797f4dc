// `npm run test:install`: packs retake, installs it into an empty project with each package manager on the oldest Node that it supports and on
// the current one, and with npm on every version that the documentation names, and uses it there. Arguments choose package managers: `npm run test:install -- pnpm bun`. The last line has the totals:
// `N passed, N failed, N skipped`.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {endCommands, runCommand} from './image-test/run-command.mjs';
import {answer, checks, writeProject} from './install-test/checks.mjs';
import {environmentOf, packageManagers} from './install-test/package-managers.mjs';
import {startScriptedServer} from './install-test/scripted-server.mjs';
import {npm} from './run-quietly.mjs';
import {buildIfNeeded, installDependencies} from './set-up.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const maximumSize = 2_500_000;
/** The package managers that are tried on each Node; undefined are all. The four Nodes are a download of about 210 MB, once. */
const nodes = {'node-22': undefined, 'node-22-newest': ['npm'], 'node-24': undefined, 'node-26': ['npm']};
const counts = {passed: 0, failed: 0, skipped: 0};

if (process.platform === 'linux' && process.arch === 'x64') await testInstallations();
else {
  counts.skipped++;
  console.log('- skipped: the package managers of this test are those for Linux on x64');
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;

async function testInstallations() {
  await installDependencies();
  await buildIfNeeded();
  const named = process.argv.slice(2);
  const unknown = named.filter(name => !Object.hasOwn(packageManagers, name));
  if (unknown.length > 0)
    throw new Error(
      `Expected package managers of ${Object.keys(packageManagers).join(', ')}, got ${unknown}`,
    );
  const folder = await mkdtemp(join(tmpdir(), 'retake-install-'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, endCommands);
  try {
    const tools = await installTools();
    const tarball = await pack(folder);
    const registry = (await runCommand(...npm('config', 'get', 'registry'))).trim();
    const shared = {folder, tools, tarball, registry};
    const chosen = Object.keys(packageManagers).filter(name => named.length === 0 || named.includes(name));
    const combinations = Object.entries(nodes).flatMap(([node, tried = chosen]) =>
      chosen.filter(name => tried.includes(name)).map(name => ({name, node})),
    );
    printRow('', 'node', 'install', ...Object.keys(checks));
    // Two at a time: an installation waits for the network while the other one computes.
    const queue = combinations.values();
    const work = async () => {
      for (const combination of queue) await tryInstallation({...shared, ...combination});
    };
    await Promise.all([work(), work()]);
  } finally {
    await endCommands();
    await rm(folder, {recursive: true, force: true});
  }
}

/** The pinned package managers and versions of Node, installed once. */
async function installTools() {
  const pins = fileURLToPath(new URL('install-test', import.meta.url));
  const lock = await readFile(join(pins, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex').slice(0, 8);
  const folder = join('.cache', `install-test-${digest}`);
  if (!existsSync(folder)) {
    console.log('Installing the package managers; this takes a minute the first time …');
    const partial = `${folder}.partial`;
    await rm(partial, {recursive: true, force: true});
    await mkdir(partial, {recursive: true});
    for (const name of ['package.json', 'package-lock.json']) await cp(join(pins, name), join(partial, name));
    const [command, words] = npm('ci', '--ignore-scripts', '--no-audit', '--no-fund');
    await runCommand(command, words, {cwd: partial, timeout: 600_000});
    await rename(partial, folder);
  }
  return join(process.cwd(), folder, 'node_modules');
}

/** The path of the packed package. */
async function pack(folder) {
  await runCommand(...npm('pack', '--silent', '--pack-destination', folder), {timeout: 300_000});
  const [name] = (await readdir(folder)).filter(entry => entry.endsWith('.tgz'));
  const tarball = join(folder, name);
  await count('the package is small, and has the bundle in place of its sources', async () => {
    const {size} = await stat(tarball);
    assert.ok(size < maximumSize, `${size} bytes`);
    const files = (await runCommand('tar', ['--list', '--file', tarball])).split('\n');
    for (const path of [
      'THIRD-PARTY-NOTICES',
      'LICENSE',
      'README.md',
      'action.yml',
      'scripts/action/review.mjs',
      'dist/bin/retake.js',
      'dist/lib/index.d.ts',
      'dist/lib/vitest.js',
      'dist/lib/node-test-setup.js',
      'kits/go/retaketest/go.mod',
    ])
      assert.ok(files.includes(`package/${path}`), `${path} is missing`);
    assert.deepEqual(
      files.filter(path => /\/dist\/(?:src|cli|test|bench)\/|\.map$/.test(path)),
      [],
    );
    console.log(`  ${size} bytes packed, ${files.length - 1} files`);
  });
  return tarball;
}

/** One package manager on one Node: the installation, then every check. Prints a row of the table. */
async function tryInstallation({name, node, folder: root, tools, tarball, registry}) {
  const manager = packageManagers[name];
  const folder = join(root, `${name} ${node}`.replaceAll(/\W+/g, '-'));
  const program = join(tools, node, 'bin/node');
  const context = {tools, node: program, tarball};
  const env = environmentOf({
    ...{folder: join(root, 'home'), nodeFolder: dirname(program), registry, settings: manager.settings},
  });
  const runIn = ([command, ...words]) => runCommand(command, words, {cwd: folder, env, timeout: 240_000});
  const run = (...words) => {
    if (manager.run) return runIn(manager.run(context, words));
    return runIn(
      words[0] === 'retake' ? [join(folder, 'node_modules/.bin/retake'), ...words.slice(1)] : words,
    );
  };
  await writeProject(folder);
  const server = await startScriptedServer(answer);
  const version = (await runIn([program, '--version'])).trim();
  const start = Date.now();
  const installed = await count(`${name} on ${version} installs`, () => runIn(manager.install(context)));
  const cells = [installed === 'passed' ? `${((Date.now() - start) / 1000).toFixed(1)} s` : '✘'];
  for (const [title, check] of installed === 'passed' ? Object.entries(checks) : []) {
    const outcome = await count(`${name} on ${version}: ${title}`, () =>
      check({run, server, folder, version, hasNodeModules: manager.run === undefined}),
    );
    cells.push({passed: '✔', failed: '✘', skipped: '-'}[outcome]);
  }
  await server.close();
  printRow(name, version, ...cells);
}

/** Counts the outcome of a step, and prints why it failed. */
async function count(title, step) {
  let outcome = 'passed';
  try {
    if ((await step()) === 'skipped') outcome = 'skipped';
  } catch (error) {
    outcome = 'failed';
    console.log(`✘ ${title}\n${error.message}`.replaceAll('\n', '\n    '));
  }
  counts[outcome]++;
  return outcome;
}

function printRow(name, node, ...cells) {
  console.log([name.padEnd(20), node.padEnd(9), ...cells.map(cell => cell.padEnd(9))].join(' ').trimEnd());
}
