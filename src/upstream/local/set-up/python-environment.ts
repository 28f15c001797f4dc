import {join} from 'node:path';
import {execa} from 'execa';
import {setUpError} from './set-up-error.js';

/** The Python of a virtual environment. It locates the environment relative to itself, so the folder can be renamed. */
export function environmentPython(environment: string): string {
  return process.platform === 'win32'
    ? join(environment, 'Scripts', 'python.exe')
    : join(environment, 'bin', 'python');
}

/**
 * Creates a virtual environment with pip in an empty folder.
 * @throws RetakeError `setup_failed`
 */
export async function createEnvironment(
  python: string,
  folder: string,
  signal?: AbortSignal,
): Promise<string> {
  const {failed, isCanceled, all} = await execa(python, ['-I', '-m', 'venv', folder], {
    all: true,
    stdin: 'ignore',
    reject: false,
    ...(signal === undefined ? {} : {cancelSignal: signal}),
  });
  if (isCanceled) signal?.throwIfAborted();
  if (failed)
    throw setUpError(
      `${python} could not create a virtual environment: ${all.trim().split('\n').at(-1)}`,
      'Install the venv module (Debian, Ubuntu: `apt install python3-venv`), or name another Python in the option `upstream.python`.',
    );
  return environmentPython(folder);
}
