import {createHash} from 'node:crypto';
import {readFile, realpath, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {type Static, Type} from '@sinclair/typebox';
import {Value} from '@sinclair/typebox/value';
import {execa} from 'execa';
import {engineAsset} from '../engine/assets.js';
import type {EngineProgram} from '../engine/engine-program.js';
import {requireSpace} from './disk-space.js';
import {publishFolder, readReceipt, stagingFolder} from './installed-folder.js';
import {runPip} from './pip.js';
import type {OnProgress} from './progress.js';
import {createEnvironment, environmentPython} from './python-environment.js';
import {setUpError} from './set-up-error.js';

export type InstallEngineOptions = {
  readonly cacheFolder: string;
  /** The system's Python, which creates the environment. */
  readonly python: string;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
};

/** In bytes: about the size of the wheel on every system. */
const downloadSize = 36_000_000;
const spaceNeeded = 250_000_000;

const Receipt = Type.Object({
  /** The system's interpreter behind the environment: if an update replaces it, the environment is invalid. */
  python: Type.String(),
});
type Receipt = Static<typeof Receipt>;

/** The engine that an earlier set-up installed, if it is complete and the Python behind it has not changed. */
export async function installedEngine(cacheFolder: string): Promise<EngineProgram | undefined> {
  const {place, name} = await engineHome(cacheFolder);
  const receipt = await readReceipt(place);
  const python = environmentPython(place);
  const isWhole = Value.Check(Receipt, receipt) && receipt.python === (await realpathIfAny(python));
  return isWhole ? {kind: 'installed', python, build: name} : undefined;
}

/**
 * Installs the prebuilt engine into its own virtual environment. The caller holds the set-up lock.
 * @throws RetakeError `setup_failed`
 */
export async function installEngine(options: InstallEngineOptions): Promise<EngineProgram> {
  const {cacheFolder, onProgress, signal} = options;
  const {place, name} = await engineHome(cacheFolder);
  const what = `engine ${name}`;
  onProgress({what, done: 0, total: downloadSize, note: 'preparing'});
  await requireSpace(cacheFolder, spaceNeeded, what);
  const staging = await stagingFolder(cacheFolder, 'engine');
  try {
    const python = await createEnvironment(options.python, staging, signal);
    await runPip({
      python,
      arguments: ['install', '--requirement', engineAsset('engine.requirements.txt')],
      scratch: join(cacheFolder, 'partial', 'pip'),
      what,
      onBytes: done => onProgress({what, done: Math.min(done, downloadSize), total: downloadSize}),
      signal,
    });
    onProgress({what, done: downloadSize, total: downloadSize, note: 'checking'});
    await requireImport(python, what);
    await publishFolder(staging, place, {python: await realpath(python)} satisfies Receipt);
  } finally {
    await rm(staging, {recursive: true, force: true});
  }
  return {kind: 'installed', python: environmentPython(place), build: name};
}

async function requireImport(python: string, what: string): Promise<void> {
  const {failed, all} = await execa(python, ['-I', '-c', 'import xllamacpp'], {all: true, reject: false});
  if (failed)
    throw setUpError(
      `The ${what} was installed but cannot be loaded: ${all.trim().split('\n').at(-1)}`,
      'Install llama-server and put it on PATH, or name it in the option `upstream.llamaServer`.',
    );
}

/** The folder's name has the version and the digest of all pins, so that a change of either is a new installation. */
async function engineHome(cacheFolder: string): Promise<{place: string; name: string}> {
  const requirements = await readFile(engineAsset('engine.requirements.txt'), 'utf8');
  const name = /^\w\S*==\S+/m.exec(requirements)?.[0]?.replace('==', ' ') ?? 'engine';
  const digest = createHash('sha256').update(requirements).digest('hex').slice(0, 12);
  return {name, place: join(cacheFolder, 'engines', `${name.replace(' ', '-')}-${digest}`)};
}

async function realpathIfAny(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    // The interpreter behind the environment no longer exists.
    return undefined;
  }
}
