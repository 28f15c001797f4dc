import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {type ExecutionContext, registerCompletionHandler} from 'ava';
import {execa} from 'execa';
import {pythonEnvironment} from '../support/python-environment.js';
import {type ProjectCopy, type ProjectRun, projectCopy} from './project-copy.js';

export type PythonProject = Omit<ProjectCopy, 'run'> & {
  /** Runs Python, with the packages of the SDK tests and the wheel of retake. */
  run(words: readonly string[], environment?: Readonly<Record<string, string>>): Promise<ProjectRun>;
};

export const python = resolve('.cache/sdk/python/bin/python');

let installing: Promise<string> | undefined;

/** A folder in which the wheel is installed, made of the current sources. Once for each test file. */
export function installedWheel(): Promise<string> {
  installing ??= installWheel();
  return installing;
}

async function installWheel(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'retake-wheel-'));
  registerCompletionHandler(() => rmSync(folder, {recursive: true, force: true}));
  await execa(python, ['-m', 'hatchling', 'build', '-t', 'wheel', '-d', folder], {
    cwd: 'kits/python',
    env: pythonEnvironment,
  });
  const wheel = readdirSync(folder).find(name => name.endsWith('.whl')) ?? '';
  const site = join(folder, 'site');
  const quietly = ['--quiet', '--disable-pip-version-check', '--no-deps', '--no-index', '--no-compile'];
  await execa(python, ['-m', 'pip', 'install', ...quietly, '--target', site, join(folder, wheel)]);
  return site;
}

/** A copy of the example for pytest in which retake is installed as it is published, with an upstream that echoes. */
export async function pythonProject(t: ExecutionContext): Promise<PythonProject> {
  t.timeout(600_000, 'the wheel is built first');
  const site = await installedWheel();
  const project = await projectCopy(t, 'pytest');
  return {
    ...project,
    run: (words, environment) =>
      project.run(python, words, {
        PYTHONPATH: site,
        // pytest rewrites the assertions of its plugins once, if it may store what it has written.
        PYTHONDONTWRITEBYTECODE: '',
        // Otherwise it wants the list of prices of its latest version.
        LITELLM_LOCAL_MODEL_COST_MAP: 'True',
        ...environment,
      }),
  };
}
