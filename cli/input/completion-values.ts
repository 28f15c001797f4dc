import {type Dirent, readdirSync} from 'node:fs';
import {dirname, join, normalize, resolve} from 'node:path';
import {TypeGuard} from '@sinclair/typebox';
import {verdicts} from '../../src/cassette/compare/change-verdict.js';
import {cassetteFilesAt} from '../../src/cassette/file/cassette-files-at.js';
import {type Config, loadConfig} from '../../src/config/load-config.js';
import {type Setting, settingList} from '../../src/config/setting-list.js';
import {modelCatalogue} from '../../src/upstream/local/models/model-catalogue.js';
import type {CompletionValues} from '../output/shell-completion.js';
import {shortPath} from '../output/short-path.js';
import type {Invocation} from './invocation.js';

/** The values that a shell completes, for a last word. */
export function completionValues(word: string, invocation: Invocation): CompletionValues {
  const cassettes = () => cassettePaths(word, invocation);
  const choices = settingList.flatMap((setting): [string, () => readonly string[]][] => {
    const literals = literalsOf(setting);
    return setting.flag === undefined || literals.length === 0
      ? []
      : [[setting.flag.replace('--', ''), () => literals]];
  });
  return {
    options: new Map([
      ...choices,
      ['cassette', cassettes],
      ['model', () => Object.keys(modelCatalogue)],
      ['fail-on', () => [...verdicts, 'all', 'none']],
    ]),
    arguments: new Map(cassetteArguments.map(name => [name, cassettes])),
  };
}

/** The names of arguments that are cassettes. */
const cassetteArguments = ['cassette', 'base', 'ours', 'theirs', 'what', 'paths'];

function literalsOf({schema}: Setting): readonly string[] {
  if (!TypeGuard.IsUnion(schema)) return [];
  return schema.anyOf.flatMap(one => (TypeGuard.IsLiteralString(one) ? [one.const] : []));
}

/** The configured cassettes, and those in the folder of the word and in the folders below it. */
function cassettePaths(word: string, invocation: Invocation): readonly string[] {
  const {directory} = invocation;
  const folder = word.endsWith('/') ? word : dirname(word);
  const near = entriesOf(resolve(directory, folder)).flatMap(entry => {
    const path = normalize(join(folder, entry.name));
    if (!entry.isDirectory()) return entry.name.endsWith('.cassette') ? [path] : [];
    const files = cassetteFilesAt(resolve(directory, path)) ?? [];
    return files.length === 0 ? [] : [`${path}/`, ...files.map(file => shortPath(file, directory))];
  });
  const configured = cassetteFilesAt(configuredCassette(invocation)) ?? [];
  return [...new Set([...configured.map(file => shortPath(file, directory)), ...near])];
}

function configuredCassette({environment, directory}: Invocation): Config['cassette'] {
  try {
    return loadConfig({flags: {}, environment, directory}).cassette;
  } catch {
    // The command itself reports an invalid configuration; a completion cannot.
    return resolve(directory, 'cassettes');
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    const entries = readdirSync(folder, {withFileTypes: true});
    return entries.filter(({name}) => !name.startsWith('.') && name !== 'node_modules');
  } catch {
    // A folder that cannot be read has no completions.
    return [];
  }
}
