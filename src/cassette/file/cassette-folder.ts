import {readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {RetakeError} from '../../errors.js';
import type {Cassette} from '../cassette.js';
import {defaultCassetteName, invalidName, isCassetteName} from '../cassette-name.js';
import type {Cassettes} from '../cassettes.js';
import {cassetteExtension, cassetteName} from './cassette-paths.js';
import {errorCode} from './file-errors.js';
import {type CassetteFileOptions, openCassetteFile} from './open-cassette-file.js';

export type CassettesOptions = Omit<CassetteFileOptions, 'path'>;

/** Opens a path: one cassette if it ends in `.cassette` or is a file, a folder of cassettes otherwise. */
export async function openCassettes(path: string, options: CassettesOptions): Promise<Cassettes> {
  if (path.endsWith(cassetteExtension) || isFile(path)) return singleCassette(path, options);
  return cassettesOfFolder(path, options);
}

async function singleCassette(path: string, options: CassettesOptions): Promise<Cassettes> {
  const cassette = await openCassetteFile({...options, path});
  return {
    async get(name = cassette.name) {
      if (name === cassette.name) return cassette;
      throw new RetakeError(
        'invalid_request',
        `There is no cassette "${name}": this server has only "${cassette.name}".`,
        {
          hint: `To choose among several, set the option \`cassette\` to a folder: cassettes/ has ${name} in cassettes/${name}${cassetteExtension}.`,
        },
      );
    },
    names: async () => [cassette.name],
    close: () => cassette.close(),
  };
}

function cassettesOfFolder(folder: string, options: CassettesOptions): Cassettes {
  const opened = new Map<string, Promise<Cassette>>();
  return {
    async get(name = defaultCassetteName) {
      if (!isCassetteName(name)) throw invalidName(name);
      const cassette =
        opened.get(name) ?? openCassetteFile({...options, path: join(folder, `${name}${cassetteExtension}`)});
      opened.set(name, cassette);
      // The next call tries again: the file may have been restored.
      cassette.catch(() => opened.delete(name));
      return cassette;
    },
    async names() {
      const files = namesIn(folder).filter(name => name.endsWith(cassetteExtension));
      return [...new Set([...files.map(cassetteName), ...opened.keys()])].filter(isCassetteName).sort();
    },
    async close() {
      const cassettes = await Promise.allSettled(opened.values());
      const closing = cassettes.flatMap(result =>
        result.status === 'fulfilled' ? [result.value.close()] : [],
      );
      const failed = (await Promise.allSettled(closing)).find(result => result.status === 'rejected');
      if (failed) throw failed.reason;
    },
  };
}

function isFile(path: string): boolean {
  return statSync(path, {throwIfNoEntry: false})?.isFile() ?? false;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
