import {constants} from 'node:fs';
import {access, stat} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import {RetakeError} from '../../../errors.js';
import {engineAsset} from './assets.js';

/** A program with llama-server's command line: the native one, or the shim over the installed wheel. */
export type EngineProgram =
  | {readonly kind: 'native'; readonly path: string}
  | {readonly kind: 'installed'; readonly python: string; readonly build: string};

export type EngineSearch = {
  /** The program that the user named. */
  readonly llamaServerBinary?: string | undefined;
  /** The PATH on which `llama-server` is looked up. */
  readonly path: string;
};

/**
 * Finds a llama-server on this machine.
 * @throws RetakeError `invalid_setting` if the program that the user named cannot be run
 */
export async function findNativeEngine({
  llamaServerBinary,
  path,
}: EngineSearch): Promise<EngineProgram | undefined> {
  if (llamaServerBinary !== undefined) {
    if (await isExecutable(llamaServerBinary)) return {kind: 'native', path: llamaServerBinary};
    throw new RetakeError(
      'invalid_setting',
      `Expected the option \`upstream.llamaServer\` to be a program, but \`${llamaServerBinary}\` cannot be run`,
      {hint: 'Correct it, or unset it to let retake find or install an engine.'},
    );
  }
  const fileName = process.platform === 'win32' ? 'llama-server.exe' : 'llama-server';
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, fileName);
    if (folder !== '' && (await isExecutable(candidate))) return {kind: 'native', path: candidate};
  }
  return undefined;
}

/** The command that runs the engine so that it ends when its stdin closes. */
export function engineCommand(program: EngineProgram): readonly [file: string, ...arguments: string[]] {
  switch (program.kind) {
    case 'native':
      return [process.execPath, engineAsset('guard.mjs'), program.path];
    case 'installed':
      return [program.python, '-I', engineAsset('llama_server_shim.py')];
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    // Missing or not executable.
    return false;
  }
}
