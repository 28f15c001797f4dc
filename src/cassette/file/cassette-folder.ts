import {readdirSync, statSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {RetakeError} from '../../errors.js';
import type {Cassette} from '../cassette.js';
import {defaultCassetteName, invalidName, isCassetteName} from '../cassette-name.js';
import type {Cassettes} from '../cassettes.js';
import {cassetteExtension, cassetteName} from './cassette-paths.js';
import {errorCode} from './file-errors.js';
import {noCassette} from './no-cassette.js';
import {type CassetteFileOptions, openCassetteFile} from './open-cassette-file.js';

export type CassettesOptions = Omit<CassetteFileOptions, 'path'> & {
  /**
   * Whether a cassette that does not exist is an error: `at-start` for the path, and for names when they are used; `when-used` for names
   * alone. Default: it is a new one.
   */
  readonly mustExist?: 'at-start' | 'when-used' | undefined;
};

/** Opens a path: one cassette if it ends in `.cassette` or is a file, a folder of cassettes otherwise. */
export async function openCassettes(path: string, options: CassettesOptions): Promise<Cassettes> {
  if (options.mustExist === 'at-start') requireCassette(path);
  if (path.endsWith(cassetteExtension) || isFile(path)) return singleCassette(path, options);
  return cassettesOfFolder(path, options);
}

/**
 * With a wrong path, every request would be a miss.
 * @throws RetakeError `no_cassette`
 */
function requireCassette(path: string): void {
  const stats = statSync(path, {throwIfNoEntry: false});
  if (stats?.isDirectory() ? cassetteNamesIn(path).length > 0 : stats !== undefined) return;
  const hint =
    'Set the option `cassette` to a cassette or a folder of cassettes, or record one: run with the mode `auto` on a machine with a model.';
  if (stats) throw noCassette(path, {names: []}, hint);
  const folder = dirname(path);
  throw noCassette(folder, {name: cassetteName(path), names: cassetteNamesIn(folder)}, hint);
}

async function singleCassette(path: string, options: CassettesOptions): Promise<Cassettes> {
  const cassette = await openCassetteFile({...options, path});
  return {
    async get(name = cassette.name) {
      if (name === cassette.name) return cassette;
      throw new RetakeError(
        'no_cassette',
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
      if (!isCassetteName(name)) throw invalidName(name);
      if (options.mustExist && !opened.has(name)) requireName(folder, name);
      const cassette = opened.get(name) ?? open(name);
      opened.set(name, cassette);
      // The next call tries again: the file may have been restored.
      cassette.catch(() => opened.delete(name));
      return cassette;
    },
    async names() {
      return [...new Set([...cassetteNamesIn(folder), ...opened.keys()])].filter(isCassetteName).sort();
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

/** @throws RetakeError `no_cassette` */
function requireName(folder: string, name: string): void {
  if (isFile(join(folder, `${name}${cassetteExtension}`))) return;
  const names = cassetteNamesIn(folder).filter(isCassetteName).sort();
  throw noCassette(
    folder,
    {name, names},
    `Name one in the base URL (/@${names[0] ?? 'NAME'}) or in the header x-retake-cassette. A request without a name uses '${defaultCassetteName}'.`,
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
    if (/^(ENOENT|ENOTDIR)$/.test(errorCode(error))) return [];
    throw error;
  }
}
