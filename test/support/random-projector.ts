import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {mkdir, readFile, rename, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {cacheFolder} from '../../src/files/cache-folder.js';
import {acquireLock} from '../../src/files/lock-file.js';
import {findPython} from '../../src/upstream/local/set-up/find-python.js';
import {runPip} from '../../src/upstream/local/set-up/pip.js';
import {createEnvironment} from '../../src/upstream/local/set-up/python-environment.js';

const fixtures = fileURLToPath(new URL('../../../test/fixtures/projector/', import.meta.url));
const script = join(fixtures, 'random_projector.py');
const requirements = join(fixtures, 'requirements.txt');

/**
 * The path of a projector of random weights for Gemma 3 270M: with it llama.cpp decodes images, and the model's answers depend on them.
 * Written once, and kept beside the engine until the program that writes it changes.
 */
export async function randomProjector(): Promise<string> {
  const recipe = createHash('sha256')
    .update(await readFile(script))
    .update(await readFile(requirements))
    .digest('hex');
  const folder = join(cacheFolder(process.env), `test-projector-${recipe.slice(0, 12)}`);
  const path = join(folder, 'projector.gguf');
  if (existsSync(path)) return path;
  await mkdir(folder, {recursive: true});
  const lock = await acquireLock(join(folder, 'lock'));
  try {
    if (!existsSync(path)) await writeProjector(folder, path);
    return path;
  } finally {
    lock.release();
  }
}

async function writeProjector(folder: string, path: string): Promise<void> {
  const environment = join(folder, 'environment');
  await rm(environment, {recursive: true, force: true});
  const python = await createEnvironment(
    await findPython(process.env['RETAKE_PYTHON'], process.env['PATH'] ?? ''),
    environment,
  );
  await runPip({
    python,
    // Its other dependencies are for downloading models, which this does not do.
    arguments: ['install', '--no-deps', '--requirement', requirements],
    scratch: join(folder, 'pip'),
    what: 'the writer of projectors',
    onBytes() {},
  });
  await execa(python, ['-I', script, `${path}.part`], {stdin: 'ignore'});
  await rename(`${path}.part`, path);
  await rm(environment, {recursive: true, force: true});
}
