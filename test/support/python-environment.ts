import {fileURLToPath} from 'node:url';

/** Where Python keeps what it has compiled, so that it compiles nothing twice and leaves nothing beside the sources. */
export const pythonEnvironment = {
  PYTHONPYCACHEPREFIX: fileURLToPath(new URL('../../../.cache/sdk/python-modules', import.meta.url)),
};
