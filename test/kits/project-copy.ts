import {appendFile, cp, readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {stripVTControlCharacters} from 'node:util';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {compileCache} from '../support/retake.js';
import {scriptedUpstream} from '../support/scripted-upstream.js';
import {temporaryFolder} from '../support/temporary-folder.js';

export type ProjectCopy = {
  readonly folder: string;
  /** Runs a program in the project, with few variables: the result has what it printed, without colours. */
  run(
    command: string,
    words: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): Promise<ProjectRun>;
  /** Replaces a text in a file. */
  edit(file: string, from: string, to: string): Promise<void>;
  write(file: string, text: string): Promise<void>;
  append(file: string, text: string): Promise<void>;
  /** The names of its cassettes. */
  cassettes(): Promise<readonly string[]>;
  /** The address of the model. */
  readonly upstream: string;
  /** How many requests reached the model. */
  readonly asked: () => number;
};

export type ProjectRun = {readonly exitCode: number | undefined; readonly output: string};

/** A copy of a project of `examples/kits`, with an upstream that echoes. */
export async function projectCopy(t: ExecutionContext, name: string): Promise<ProjectCopy> {
  const folder = join(await temporaryFolder(t), 'project');
  await cp(join('examples', 'kits', name), folder, {recursive: true});
  const upstream = await scriptedUpstream(t);
  return {
    folder,
    upstream: upstream.url,
    async run(command, words, environment = {}) {
      const {exitCode, all} = await execa(command, words, {
        cwd: folder,
        extendEnv: false,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: folder,
          NODE_COMPILE_CACHE: compileCache,
          RETAKE_UPSTREAM: upstream.url,
          ...environment,
        },
        reject: false,
        all: true,
        stdin: 'ignore',
        timeout: 600_000,
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
    append: (file, text) => appendFile(join(folder, file), text),
    cassettes: async () =>
      (await readdir(join(folder, 'cassettes'))).filter(entry => entry.endsWith('.cassette')).sort(),
    asked: () => upstream.requests.length,
  };
}
