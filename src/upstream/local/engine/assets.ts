import {RetakeError} from '../../../errors.js';
import {packageFile} from '../../../files/package-file.js';

/** Files that Python, pip, Node or llama-server read directly. They stay in the source folder, also in the published package. */
export type EngineAsset =
  | 'llama_server_shim.py'
  | 'guard.mjs'
  | 'transcript.jinja'
  | 'engine.requirements.txt'
  | 'gemma3-270m.requirements.txt';

/** The path of an asset. */
export function engineAsset(name: EngineAsset): string {
  const path = packageFile(`src/upstream/local/engine/assets/${name}`);
  if (path !== undefined) return path;
  throw new RetakeError('internal', `The file ${name} is missing from this installation of retake`, {
    hint: 'Install retake again.',
  });
}
