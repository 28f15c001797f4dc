import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

/**
 * The path of a file of the package that other programs read; works from the sources, from the compiled modules and from the bundle.
 * Undefined if the installation is incomplete.
 */
export function packageFile(pathInPackage: string): string | undefined {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, ...pathInPackage.split('/'));
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) return undefined;
  }
}
