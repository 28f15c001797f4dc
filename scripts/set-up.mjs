// What must happen before anything of the project can run: its packages installed, its sources built. Each step looks first whether
// there is anything to do. Node's own modules only, and nothing that an old Node could not parse.
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

/** Installs the packages of package-lock.json unless exactly they are there and run on this Node. Ends the process when it cannot. */
export async function installDependencies() {
  requireNode();
  if (dependenciesAreThere()) return;
  console.log('Installing packages (npm ci); where SQLite has to be compiled, this takes some minutes …');
  const {code, output} = await run(...npm('ci'), {...process.env, ...headersOfThisNode()});
  if (code !== 0) giveUp(explainFailure(output, 'npm ci'));
  if (!dependenciesAreThere())
    giveUp('npm ci succeeded, but its packages do not run on this Node. Remove node_modules and try again.');
}

/** Builds dist/ unless it was built from exactly these sources. Ends the process when it cannot. */
export async function buildIfNeeded() {
  const stamp = join(root, 'dist', '.built');
  const sources = digestOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  console.log('Building …');
  rmSync(stamp, {force: true});
  const {code, output} = await run(process.execPath, [join(root, 'scripts', 'build.mjs')], process.env);
  if (code !== 0) giveUp(explainFailure(output, 'The build'));
  writeFileSync(stamp, sources);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldestNode;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  giveUp(
    `retake needs Node ${oldestNode.join('.')} or newer, but this is ${process.versions.node}. Install a newer one from https://nodejs.org.`,
  );
}

function dependenciesAreThere() {
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  if (!installed || !wanted) return false;
  const isThere = ([path, {version, optional}]) =>
    path === '' || optional || installed[path]?.version === version;
  return Object.entries(wanted).every(isThere) && nativePackageLoads();
}

/** A native package is built for one version of Node's binary interface, and the user may have changed Node since. */
function nativePackageLoads() {
  try {
    const Database = createRequire(join(root, 'package.json'))('better-sqlite3');
    new Database(':memory:').close();
    return true;
  } catch {
    // Whatever is wrong with it, installing it anew is the remedy.
    return false;
  }
}

/** A native package without a prebuilt binary is compiled, with Node's headers: those that came with this Node need no download. */
function headersOfThisNode() {
  const prefix = dirname(dirname(process.execPath));
  const areThere = existsSync(join(prefix, 'include', 'node', 'node.h'));
  return areThere && !process.env.npm_config_nodedir ? {npm_config_nodedir: prefix} : {};
}

/** The npm that runs this script, else the one on PATH. */
export function npm(...npmArguments) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, [script, ...npmArguments]] : ['npm', npmArguments];
}

function digestOfSources() {
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
    // Absent or torn: what it would say counts as not there.
    return undefined;
  }
}

/** Runs a command silently; what it printed is told only when it fails. */
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

function giveUp(sentence) {
  process.stderr.write(`retake: ${sentence}\n`);
  process.exit(1);
}
