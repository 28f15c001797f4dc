import {readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';

/** The cassettes at a path: the file itself, or those in the folder, by name; undefined if the path does not exist. */
export function cassetteFilesAt(path: string): readonly string[] | undefined {
  const stats = statSync(path, {throwIfNoEntry: false});
  if (!stats) return undefined;
  if (!stats.isDirectory()) return [path];
  return readdirSync(path)
    .filter(name => name.endsWith('.cassette'))
    .sort()
    .map(name => join(path, name));
}
