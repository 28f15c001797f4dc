// Runs a script again with a newer Node if this one is too old for retake: the Node that scripts/node/package-lock.json pins, a plain binary
// from the npm registry, kept in the user's cache. Uses only Node's own modules, and syntax that an old Node can parse.
import {spawn, spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {constants, homedir} from 'node:os';
import {delimiter, dirname, join, sep} from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {explainFailure} from './explain-failure.mjs';
import {exitWith, npm, runQuietly} from './run-quietly.mjs';

const oldestNode = '22.14';
/** better-sqlite3 needs this version of Node-API, which came with Node 22.14 and 23.6; without it, it ends the process. */
const oldestNodeApi = 10;
const pinned = fileURLToPath(new URL('node', import.meta.url));

/** Returns if this Node is new enough. If not, runs the script with the pinned one, and exits with its exit code. */
export async function useSupportedNode() {
  const {node: version, napi} = process.versions;
  if (Number(napi) >= oldestNodeApi) return;
  const wanted = pinnedNode();
  const need = `retake needs Node ${oldestNode} or newer, and this is ${version}`;
  if (!wanted)
    exitWith(
      `${need}. Install a newer version from https://nodejs.org: there is no package of it for ${process.platform} on ${process.arch}.`,
    );
  const isCached = existsSync(wanted.program);
  const source = isCached ? 'from the cache' : 'from the npm registry (about 50 MB, once)';
  process.stderr.write(`retake: ${need}: using Node ${wanted.version} ${source}.\n`);
  if (!isCached) await fetchNode(wanted);
  process.exit(await runAgain(wanted.program));
}

/** Whether this process runs with a Node that was fetched. */
export function isFetchedNode() {
  return process.execPath.startsWith(nodesFolder() + sep);
}

/** The package for this system, and where its program is in the cache. */
function pinnedNode() {
  const lock = readFileSync(join(pinned, 'package-lock.json'));
  const found = Object.entries(JSON.parse(lock).packages).find(
    ([, {os, cpu}]) => os === process.platform && cpu === process.arch,
  );
  if (!found) return undefined;
  const [path, pinnedPackage] = found;
  const {version, bin} = pinnedPackage;
  const digest = createHash('sha256').update(lock).digest('hex').slice(0, 8);
  const folder = join(nodesFolder(), `${version}-${process.platform}-${process.arch}-${digest}`);
  const program = join(path, bin.node);
  return {version, folder, path, pinnedPackage, program: join(folder, program)};
}

function nodesFolder() {
  return join(cacheFolder(), 'node');
}

/** As in src/files/cache-folder.ts, which is not built yet. */
function cacheFolder() {
  const {env, platform} = process;
  const home = env.HOME || homedir();
  if (env.RETAKE_CACHE_DIR) return env.RETAKE_CACHE_DIR;
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'retake');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'retake');
  if (platform === 'win32')
    return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'retake', 'cache');
  return join(home, '.cache', 'retake');
}

/** Fetches it with npm, which checks the integrity. The folder appears under its name only when it is complete. */
async function fetchNode({version, folder, path, pinnedPackage, program}) {
  let partial;
  let failure;
  try {
    makeFolder(dirname(folder));
    partial = mkdtempSync(`${folder}-`);
    await installInto(partial, path, pinnedPackage);
    renameSync(partial, folder);
  } catch (error) {
    failure = error;
  }
  if (partial) rmSync(partial, {recursive: true, force: true});
  // Another process may have fetched it meanwhile.
  if (!failure || existsSync(program)) return;
  const explanation = explainFailure(failure.message, `Fetching Node ${version}`);
  exitWith(`${explanation} Or install Node ${oldestNode} or newer from https://nodejs.org.`);
}

/** As in src/files/make-folder.ts, which is not built yet. */
function makeFolder(path) {
  const parent = dirname(path);
  if (parent !== path && !existsSync(parent)) makeFolder(parent);
  if (!existsSync(path)) mkdirSync(path);
}

async function installInto(folder, path, pinnedPackage) {
  writeProject(folder, path, pinnedPackage);
  const ci = npm('ci', '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier');
  const {code, output} = await runQuietly(...ci, {cwd: folder, env: process.env});
  if (code !== 0) throw new Error(output);
  const started = spawnSync(join(folder, path, pinnedPackage.bin.node), ['--version'], {encoding: 'utf8'});
  if (started.status !== 0)
    throw new Error(`It does not start on this machine: ${started.error || started.stderr}`);
}

/** A project with only the package for this system. There it is not optional, because npm leaves out an optional one that it cannot install. */
function writeProject(folder, path, {optional, ...pinnedPackage}) {
  const dependencies = {[path.replace('node_modules/', '')]: pinnedPackage.version};
  const lock = {lockfileVersion: 3, requires: true, packages: {'': {dependencies}, [path]: pinnedPackage}};
  writeFileSync(join(folder, 'package.json'), JSON.stringify({dependencies}));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
}

/** Runs this script with another Node, which its child processes find on PATH, and resolves to its exit code. */
function runAgain(program) {
  const pathName = Object.keys(process.env).find(name => /^path$/i.test(name)) || 'PATH';
  const path = [dirname(program), process.env[pathName]].filter(Boolean).join(delimiter);
  const env = {...process.env, [pathName]: path, NODE: program, npm_node_execpath: program};
  return new Promise(resolve => {
    const child = spawn(program, [...process.execArgv, ...process.argv.slice(1)], {env, stdio: 'inherit'});
    const end = signal => child.kill(signal);
    process.on('SIGTERM', end);
    process.on('SIGHUP', end);
    // A terminal sends this to the child as well; twice would end it the hard way.
    process.on('SIGINT', signal => process.stdin.isTTY || end(signal));
    endWithNpm(() => end('SIGTERM'));
    child.on('error', error => exitWith(`Node cannot be started: ${error.message}`));
    child.on('close', (code, signal) => resolve(code === null ? 128 + constants.signals[signal] : code));
  });
}

/** npm passes a signal to the shell between npm and a script, which does not pass it on: if npm ends, the script is to end too. */
export function endWithNpm(end) {
  if (process.env.npm_lifecycle_event !== 'start' && !isFetchedNode()) return;
  const {ppid} = process;
  const watch = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(watch);
    end();
  }, 250);
  watch.unref();
}
