import {existsSync} from 'node:fs';
import {cp, mkdir, symlink} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {type ProjectCopy, type ProjectRun, projectCopy} from './project-copy.js';

export type ExampleProject = Omit<ProjectCopy, 'run'> & {
  /** Runs the project's test framework: the result has what it printed, without colours. */
  run(words: readonly string[], environment?: Readonly<Record<string, string>>): Promise<ProjectRun>;
};

/** The packages that the examples have besides retake, as this repository has them. */
const packages = ['openai', 'vitest', 'ava', 'better-sqlite3'];

/** Installed by scripts/kits/install.mjs. */
export const jestFolder = '.cache/kits/node_modules/jest';

/** A copy of an example in which retake is installed as it is published, with an upstream that echoes. */
export async function exampleProject(t: ExecutionContext, name: string): Promise<ExampleProject> {
  const project = await projectCopy(t, name);
  const modules = join(project.folder, 'node_modules');
  await mkdir(join(modules, 'retake', 'dist'), {recursive: true});
  await cp('package.json', join(modules, 'retake', 'package.json'));
  for (const part of ['bin', 'lib'])
    await cp(join('dist', part), join(modules, 'retake', 'dist', part), {recursive: true});
  for (const one of packages) await symlink(join(process.cwd(), 'node_modules', one), join(modules, one));
  if (existsSync(jestFolder)) await symlink(join(process.cwd(), jestFolder), join(modules, 'jest'));
  return {
    ...project,
    run: (words, environment) => project.run(process.execPath, words, environment),
  };
}
