// Installs the packages and builds the sources, before anything else of the project runs. Each step first checks whether
// it is needed. Uses only Node's own modules, and syntax that an old Node can parse.
import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {explainFailure} from './explain-failure.mjs';
import {exitWith, npm, runQuietly} from './run-quietly.mjs';
import {useSupportedNode} from './supported-node.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Installs the packages of package-lock.json unless exactly these are installed and run on this Node; on a Node that is too old, the script
 * runs again with a newer one. Exits the process on failure.
 */
export async function installDependencies() {
  await useSupportedNode();
  if (areDependenciesInstalled()) return;
  console.log('Installing packages with npm ci …');
  // No package needs its scripts, and npm would compile SQLite, although its binaries are in the package.
  const {code, output} = await runQuietly(...npm('ci', '--ignore-scripts'), {cwd: root, env: process.env});
  if (code !== 0) exitWith(explainFailure(output, 'npm ci'));
  if (!areDependenciesInstalled())
    exitWith('npm ci succeeded, but SQLite does not load on this system. Remove node_modules and try again.');
}

/** Builds dist/ unless it was built from exactly these sources. Exits the process on failure. */
export async function buildIfNeeded() {
  const problem = await build();
  if (problem !== undefined) exitWith(problem);
}

/** The same. Returns a message on failure. */
export async function build() {
  const stamp = join(root, 'dist', '.built');
  const sources = digestOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return undefined;
  console.log('Building; this takes up to a minute …');
  rmSync(stamp, {force: true});
  const {code, output} = await runQuietly(process.execPath, [join(root, 'scripts', 'build.mjs')], {
    cwd: root,
    env: process.env,
  });
  if (code !== 0) return explainFailure(output, 'The build');
  writeFileSync(stamp, sources);
  return undefined;
}

function areDependenciesInstalled() {
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  if (!installed || !wanted) return false;
  const isInstalled = ([path, {version, optional}]) =>
    path === '' || optional || installed[path]?.version === version;
  return Object.entries(wanted).every(isInstalled) && nativePackageLoads();
}

/** The packages may have been installed on another system, or without its native package. */
function nativePackageLoads() {
  try {
    const Database = createRequire(join(root, 'package.json'))('better-sqlite3');
    new Database(':memory:').close();
    return true;
  } catch {
    // Whatever the cause, reinstalling fixes it.
    return false;
  }
}

/** Identifies the sources that a build was made from. */
export function digestOfSources() {
  const scripts = [
    'build',
    'bundle',
    'bundle-types',
    'leave-out',
    'merge-chunks',
    'write-man-page',
    'write-notices',
  ];
  const files = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    ...scripts.map(name => `scripts/${name}.mjs`),
  ];
  for (const folder of ['src', 'cli', 'test', 'bench']) {
    if (!existsSync(join(root, folder))) continue;
    for (const name of readdirSync(join(root, folder), {recursive: true}))
      if (name.endsWith('.ts')) files.push(join(folder, name));
  }
  const digest = createHash('sha256');
  for (const file of files.sort()) {
    const content = readFileSync(join(root, file));
    digest.update(`${file} ${content.length}\n`).update(content);
  }
  return digest.digest('hex');
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // Missing or truncated: treated as absent.
    return undefined;
  }
}
