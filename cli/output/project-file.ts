import {createHash} from 'node:crypto';
import {dirname, join} from 'node:path';
import type {Config} from '../../src/config/load-config.js';

/** A project is the folder of its configuration file, or the working directory. */
export type Project = Pick<Config, 'cacheDir' | 'file'> & {
  /** The working directory. */
  readonly directory: string;
};

/** A file of the user's cache about a project, in the folder of its kind. */
export function projectFile({cacheDir, file, directory}: Project, kind: string, detail = ''): string {
  const project = file === undefined ? directory : dirname(file);
  const digest = createHash('sha256').update(project).update(detail).digest('hex').slice(0, 16);
  return join(cacheDir, kind, `${digest}.json`);
}
