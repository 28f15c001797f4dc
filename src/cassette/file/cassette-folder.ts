import {readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {RetakeError} from '../../errors.js';
import type {Cassette} from '../cassette.js';
import type {Cassettes} from '../cassettes.js';
import {cassetteExtension, cassetteName} from './cassette-paths.js';
import {errorCode} from './file-errors.js';
import {type CassetteFileOptions, openCassetteFile} from './open-cassette-file.js';

export type CassettesOptions = Omit<CassetteFileOptions, 'path'>;

/** The cassette for requests without a cassette name. */
export const defaultCassetteName = 'default';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

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
    close: options => cassette.close(options),
  };
}

function cassettesOfFolder(folder: string, options: CassettesOptions): Cassettes {
  const opened = new Map<string, Promise<Cassette>>();
  const open = (name: string) => {
    const stored = cassetteNamesIn(folder);
    const other = [...opened.keys(), ...stored].find(known => isOtherCase(known, name));
    if (other !== undefined) {
      const error = otherCase(name, other);
      if (!stored.includes(name)) throw error;
      options.log?.(`${error.message} ${error.hint ?? ''}`);
    }
    return openCassetteFile({...options, path: join(folder, `${name}${cassetteExtension}`)});
  };
  return {
    async get(name = defaultCassetteName) {
      if (!isValidName(name)) throw invalidName(name);
      const cassette = opened.get(name) ?? open(name);
      opened.set(name, cassette);
      // The next call tries again: the file may have been restored.
      cassette.catch(() => opened.delete(name));
      return cassette;
    },
    async names() {
      return [...new Set([...cassetteNamesIn(folder), ...opened.keys()])].filter(isValidName).sort();
    },
    async close(closeOptions) {
      const cassettes = await Promise.allSettled(opened.values());
      const closing = cassettes.flatMap(result =>
        result.status === 'fulfilled' ? [result.value.close(closeOptions)] : [],
      );
      const failed = (await Promise.allSettled(closing)).find(result => result.status === 'rejected');
      if (failed) throw failed.reason;
    },
  };
}

/** Names that are files on every system: Windows has devices by some names, with any extension, and drops a dot at the end. */
function isValidName(name: string): boolean {
  return (
    namePattern.test(name) &&
    !name.endsWith('.') &&
    !name.endsWith(cassetteExtension) &&
    !/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name)
  );
}

function invalidName(name: string): RetakeError {
  return new RetakeError(
    'invalid_request',
    `${JSON.stringify(name.slice(0, 120))} is not a valid cassette name.`,
    {
      hint: 'A name has up to 100 letters, digits, ".", "_" and "-", begins with a letter or digit, does not end in "." or .cassette, and is not the name of a Windows device, such as CON or NUL.',
    },
  );
}

/** One file on macOS and Windows, and two on Linux. */
function isOtherCase(known: string, name: string): boolean {
  return known !== name && known.toLowerCase() === name.toLowerCase();
}

function otherCase(name: string, other: string): RetakeError {
  return new RetakeError(
    'invalid_request',
    `The cassette "${name}" has the name of the cassette "${other}" in other letters: on macOS and Windows they are one file.`,
    {hint: `Name it "${other}", or choose a name that differs in more than case.`},
  );
}

function cassetteNamesIn(folder: string): string[] {
  return namesIn(folder)
    .filter(name => name.endsWith(cassetteExtension))
    .map(cassetteName);
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
