import {relative} from 'node:path';
import {RetakeError} from '../../errors.js';

const namesShown = 20;

/** The error for a name that no cassette of a folder has: it lists those that exist. */
export function noCassette(
  folder: string,
  {name, names}: {readonly name?: string | undefined; readonly names: readonly string[]},
  hint: string,
): RetakeError {
  const wanted = name === undefined ? 'No cassettes' : `No cassette '${name}'`;
  const exist = name === undefined && names.length === 0 ? '' : `: ${listOf(names)}`;
  return new RetakeError('no_cassette', `${wanted} in ${shownFolder(folder)}${exist}`, {hint});
}

function listOf(names: readonly string[]): string {
  if (names.length === 0) return 'there are none';
  const more = names.length - namesShown;
  const shown = names.slice(0, namesShown).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return names.length === 1 ? `there is ${shown}` : `there are ${shown}`;
}

/** As the user would write it: relative if it is below the working directory. */
function shownFolder(folder: string): string {
  const short = relative(process.cwd(), folder);
  const path = short.startsWith('..') ? folder : short || '.';
  return path.endsWith('/') ? path : `${path}/`;
}
