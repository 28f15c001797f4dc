import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {RetakeError} from '../../../errors.js';

/** Files that Python, pip, Node or llama-server read directly. They stay in the source folder, also in the published package. */
export type EngineAsset =
  | 'llama_server_shim.py'
  | 'guard.mjs'
  | 'transcript.jinja'
  | 'engine.requirements.txt'
  | 'gemma3-270m.requirements.txt';

const folderInPackage = join('src', 'upstream', 'local', 'engine', 'assets');

/** The path of an asset; works from the sources, from the compiled modules and from the bundle. */
export function engineAsset(name: EngineAsset): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, folderInPackage, name);
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) break;
  }
  throw new RetakeError('internal', `The file ${name} is missing from this installation of retake`, {
    hint: 'Install retake again.',
  });
}
