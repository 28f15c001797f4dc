import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {stripVTControlCharacters} from 'node:util';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';
import {type Block, fileName} from './page.js';

export type Reader = {
  /** The folder of the shell. */
  folder(): Promise<string>;
  /** Runs a block of commands. Like a shell, it stays in the folder that they changed to, with the variables that they set. */
  run(commands: string, environment?: Environment): Promise<{exitCode: number; output: string}>;
  /** Saves a file of the page. */
  save(block: Block): Promise<void>;
  /** Replaces the removed lines of a diff by the added ones in the only file that has them. */
  apply(block: Block): Promise<void>;
};

export type Environment = Readonly<Record<string, string>>;

/** Someone who follows the page in an empty folder, in bash. */
export async function readerIn(t: ExecutionContext, home: string, environment: Environment): Promise<Reader> {
  const state = join(home, '.shell-state');
  const place = join(home, '.shell-folder');
  await writeFile(state, '');
  await writeFile(place, home);
  const folder = async () => (await readFile(place, 'utf8')).trim();
  return {
    folder,
    async run(commands, more = {}) {
      const names = Object.keys(more);
      const script = [
        `source '${state}'; cd "$(cat '${place}')"`,
        ...names.map(name => `export ${name}='${more[name]}'`),
        `set -e\n${commands}\nset +e`,
        ...names.map(name => `unset ${name}`),
        `export -p > '${state}'; pwd > '${place}'`,
      ].join('\n');
      const {exitCode, all} = await execa('bash', ['-c', script], {
        extendEnv: false,
        env: environment,
        cwd: home,
        reject: false,
        all: true,
        stdin: 'ignore',
        timeout: 600_000,
      });
      return {exitCode: exitCode ?? 1, output: stripVTControlCharacters(all)};
    },
    async save(block) {
      const path = join(await folder(), fileName(block));
      await mkdir(dirname(path), {recursive: true});
      await writeFile(path, block.text);
    },
    async apply({text}) {
      const lines = (sign: string) =>
        text
          .split('\n')
          .filter(line => line.startsWith(sign))
          .map(line => `${line.slice(1)}\n`)
          .join('');
      const current = await folder();
      const names = (await readdir(current, {withFileTypes: true})).filter(entry => entry.isFile());
      const files = await Promise.all(
        names.map(async ({name}) => ({name, content: await readFile(join(current, name), 'utf8')})),
      );
      const matching = files.filter(({content}) => content.includes(lines('-')));
      t.is(matching.length, 1, `one file has the removed line: ${text}`);
      for (const {name, content} of matching)
        await writeFile(
          join(current, name),
          content.replace(lines('-'), () => lines('+')),
        );
    },
  };
}
