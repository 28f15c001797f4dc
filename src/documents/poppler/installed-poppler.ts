import {execa} from 'execa';
import type {RasterizerOptions} from '../render.js';

/** The program called pdftoppm on this machine. xpdf has a pdftoppm too, which renders differently. */
export type InstalledPoppler =
  | {readonly kind: 'poppler'; readonly renderer: string}
  | {readonly kind: 'foreign'}
  | {readonly kind: 'none'};

type PopplerOptions = Pick<RasterizerOptions, 'path' | 'environment'>;

/** Long enough that a busy machine does not count as one without poppler. */
const timeoutMs = 30_000;

/** Remembers poppler once it is found. Until then each call looks again, so that poppler can be installed while a proxy runs. */
export function findPoppler(options: PopplerOptions): () => Promise<InstalledPoppler> {
  let lookup: Promise<InstalledPoppler> | undefined;
  return async () => {
    lookup ??= askVersion(options);
    const found = await lookup;
    if (found.kind !== 'poppler') lookup = undefined;
    return found;
  };
}

async function askVersion({path, environment = {}}: PopplerOptions): Promise<InstalledPoppler> {
  const {failed, stderr = ''} = await execa('pdftoppm', ['-v'], {
    env: {...environment, PATH: path},
    stdin: 'ignore',
    reject: false,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const version = /^pdftoppm version (\d[\w.-]*)/m.exec(stderr)?.[1];
  if (version !== undefined && /poppler/i.test(stderr))
    return {kind: 'poppler', renderer: `pdftoppm ${version}`};
  return failed ? {kind: 'none'} : {kind: 'foreign'};
}
