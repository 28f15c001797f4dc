// Installs the packages and builds the sources, before anything else of the project runs. Each step first checks whether
// it is needed. Uses only Node's own modules, and syntax that an old Node can parse.
import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {explainFailure} from './explain-failure.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const oldestNode = [20, 19];

/** Installs the packages of package-lock.json unless exactly these are installed and run on this Node. Exits the process on failure. */
export async function installDependencies() {
  requireNode();
  if (areDependenciesInstalled()) return;
  console.log('Installing packages with npm ci. If SQLite must be compiled, this takes a few minutes …');
  const {code, output} = await run(...npm('ci'), {...process.env, ...headersOfThisNode()});
  if (code !== 0) exitWith(explainFailure(output, 'npm ci'));
  if (!areDependenciesInstalled())
    exitWith(
      'npm ci succeeded, but its packages do not run on this version of Node. Remove node_modules and try again.',
    );
}

/** Builds dist/ unless it was built from exactly these sources. Exits the process on failure. */
export async function buildIfNeeded() {
  const stamp = join(root, 'dist', '.built');
  const sources = digestOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  console.log('Building; this takes up to a minute …');
  rmSync(stamp, {force: true});
  const {code, output} = await run(process.execPath, [join(root, 'scripts', 'build.mjs')], process.env);
  if (code !== 0) exitWith(explainFailure(output, 'The build'));
  writeFileSync(stamp, sources);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldestNode;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  exitWith(
    `retake needs Node ${oldestNode.join('.')} or newer, but this is ${process.versions.node}. Install a newer version from https://nodejs.org.`,
  );
}

function areDependenciesInstalled() {
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  if (!installed || !wanted) return false;
  const isInstalled = ([path, {version, optional}]) =>
    path === '' || optional || installed[path]?.version === version;
  return Object.entries(wanted).every(isInstalled) && nativePackageLoads();
}

/** A native package is built for one version of Node's binary interface, and the user may have switched Node versions since. */
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

/** A native package without a prebuilt binary is compiled with Node's headers: those that came with this Node need no download. */
function headersOfThisNode() {
  const prefix = dirname(dirname(process.execPath));
  const hasHeaders = existsSync(join(prefix, 'include', 'node', 'node.h'));
  return hasHeaders && !process.env.npm_config_nodedir ? {npm_config_nodedir: prefix} : {};
}

/** The npm that runs this script, or else the one on PATH. */
export function npm(...npmArguments) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, [script, ...npmArguments]] : ['npm', npmArguments];
}

/** Identifies the sources that a build was made from. */
export function digestOfSources() {
  const files = ['package.json', 'package-lock.json', 'tsconfig.json', 'scripts/build.mjs'];
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

/** Runs a command silently, and returns its output for an error message. */
function run(command, commandArguments, env) {
  return new Promise(resolve => {
    const child = spawn(command, commandArguments, {cwd: root, env, stdio: ['ignore', 'pipe', 'pipe']});
    let output = '';
    const keep = chunk => {
      output = (output + chunk).slice(-200_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', error => resolve({code: 1, output: `${output}\n${error.message}`}));
    child.on('close', code => resolve({code: code ?? 1, output}));
  });
}

function exitWith(message) {
  process.stderr.write(`retake: ${message}\n`);
  process.exit(1);
}
