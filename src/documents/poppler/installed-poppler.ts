import {execa} from 'execa';
import type {RasterizerOptions} from '../render.js';

/** What answers to the name of pdftoppm here. xpdf has a program of that name too, which renders differently. */
export type InstalledPoppler =
  | {readonly kind: 'poppler'; readonly renderer: string}
  | {readonly kind: 'foreign'}
  | {readonly kind: 'none'};

/** Milliseconds: a loaded machine must not pass for one without poppler. */
const patience = 30_000;

/** Finds out once; while there is none it looks again, so that installing poppler helps a proxy that is running. */
export function findPoppler(options: RasterizerOptions): () => Promise<InstalledPoppler> {
  let looking: Promise<InstalledPoppler> | undefined;
  return async () => {
    looking ??= askVersion(options);
    const found = await looking;
    if (found.kind !== 'poppler') looking = undefined;
    return found;
  };
}

async function askVersion({path, environment = {}}: RasterizerOptions): Promise<InstalledPoppler> {
  const {failed, stderr = ''} = await execa('pdftoppm', ['-v'], {
    env: {...environment, PATH: path},
    stdin: 'ignore',
    reject: false,
    timeout: patience,
    killSignal: 'SIGKILL',
  });
  const version = /^pdftoppm version (\d[\w.-]*)/m.exec(stderr)?.[1];
  if (version !== undefined && /poppler/i.test(stderr))
    return {kind: 'poppler', renderer: `pdftoppm ${version}`};
  return failed ? {kind: 'none'} : {kind: 'foreign'};
}
