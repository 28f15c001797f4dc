import {existsSync} from 'node:fs';
import {cp, mkdir, readdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {stripVTControlCharacters} from 'node:util';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {scriptedUpstream} from '../support/scripted-upstream.js';
import {temporaryFolder} from '../support/temporary-folder.js';

export type ExampleProject = {
  readonly folder: string;
  /** Runs the project's test framework: the result has what it printed, without colours. */
  run(words: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Run>;
  /** Replaces a text in a file. */
  edit(file: string, from: string, to: string): Promise<void>;
  write(file: string, text: string): Promise<void>;
  /** The names of its cassettes. */
  cassettes(): Promise<readonly string[]>;
  /** How many requests reached the model. */
  readonly asked: () => number;
};

export type Run = {readonly exitCode: number | undefined; readonly output: string};

/** The packages that the examples have besides retake, as this repository has them. */
const packages = ['openai', 'vitest', 'ava', 'better-sqlite3'];

/** Installed by scripts/kits/install.mjs. */
export const jestFolder = '.cache/kits/node_modules/jest';

/** A copy of an example in which retake is installed as it is published, with an upstream that echoes. */
export async function exampleProject(t: ExecutionContext, name: string): Promise<ExampleProject> {
  const folder = join(await temporaryFolder(t), 'project');
  await cp(join('examples', 'kits', name), folder, {recursive: true});
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, 'retake', 'dist'), {recursive: true});
  await cp('package.json', join(modules, 'retake', 'package.json'));
  for (const part of ['bin', 'lib'])
    await cp(join('dist', part), join(modules, 'retake', 'dist', part), {recursive: true});
  for (const one of packages) await symlink(join(process.cwd(), 'node_modules', one), join(modules, one));
  if (existsSync(jestFolder)) await symlink(join(process.cwd(), jestFolder), join(modules, 'jest'));
  const upstream = await scriptedUpstream(t);
  return {
    folder,
    async run(words, environment = {}) {
      const {exitCode, all} = await execa(process.execPath, words, {
        cwd: folder,
        extendEnv: false,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: folder,
          RETAKE_UPSTREAM: upstream.url,
          ...environment,
        },
        reject: false,
        all: true,
        stdin: 'ignore',
        timeout: 110_000,
      });
      return {exitCode, output: stripVTControlCharacters(all)};
    },
    async edit(file, from, to) {
      const path = join(folder, file);
      const text = await readFile(path, 'utf8');
      t.true(text.includes(from), `${file} has ${from}`);
      await writeFile(path, text.replace(from, to));
    },
    write: (file, text) => writeFile(join(folder, file), text),
    cassettes: async () =>
      (await readdir(join(folder, 'cassettes'))).filter(entry => entry.endsWith('.cassette')),
    asked: () => upstream.requests.length,
  };
}
