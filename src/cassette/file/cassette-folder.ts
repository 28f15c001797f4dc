import {readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {RetakeError} from '../../errors.js';
import type {Cassette} from '../cassette.js';
import {errorCode} from '../rows/store-errors.js';
import {cassetteExtension, cassetteName} from './cassette-paths.js';
import {type CassetteFileOptions, openCassetteFile} from './open-cassette-file.js';

export type CassettesOptions = Omit<CassetteFileOptions, 'path'>;

/** The cassettes that requests can name: those of a folder, or a single one. */
export interface Cassettes {
  /**
   * The cassette of a name, opened when it is first asked for; without a name the default one.
   * @throws RetakeError `invalid_request` when the name is none, or when there is only one cassette and it has another
   */
  get(name?: string): Promise<Cassette>;
  /** The names of all there are, sorted, with those opened that have no file yet. */
  names(): Promise<string[]>;
  /** Closes all; when one fails, the others are closed before its error is thrown. */
  close(): Promise<void>;
}

/** The cassette of requests that name none, in a folder. */
export const defaultCassetteName = 'default';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Opens what a path means: one cassette if it ends in `.cassette` or is a file, and otherwise a folder of them. */
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
        `There is no cassette "${name}": this server has "${cassette.name}" only.`,
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
      if (!namePattern.test(name) || name.endsWith(cassetteExtension)) throw invalidName(name);
      const cassette =
        opened.get(name) ?? openCassetteFile({...options, path: join(folder, `${name}${cassetteExtension}`)});
      opened.set(name, cassette);
      // One that could not be opened is tried anew when it is asked for again: its file may have been restored.
      cassette.catch(() => opened.delete(name));
      return cassette;
    },
    async names() {
      const files = namesIn(folder).filter(name => name.endsWith(cassetteExtension));
      return [...new Set([...files.map(cassetteName), ...opened.keys()])]
        .filter(name => namePattern.test(name))
        .sort();
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

function invalidName(name: string): RetakeError {
  return new RetakeError(
    'invalid_request',
    `${JSON.stringify(name.slice(0, 120))} is no name of a cassette.`,
    {
      hint: 'A name has up to 100 letters, digits, ".", "_" and "-", begins with a letter or digit, and stands without .cassette.',
    },
  );
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
