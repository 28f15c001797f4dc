import {shortKey} from '../../src/cassette/key/short-key.js';
import {RetakeError} from '../../src/errors.js';
import {type ListedInteraction, listInteractions} from '../../src/operations/list-interactions.js';
import {readCassette} from './cassette-arguments.js';

export type FoundInteraction = {readonly path: string; readonly listed: ListedInteraction};

/** Finds an interaction by its number in one cassette, or by the first digits of its key in any of them. */
export async function findInteraction(paths: readonly string[], wanted: string): Promise<FoundInteraction> {
  const isNumber = /^\d{1,5}$/.test(wanted);
  if (isNumber && paths.length > 1) {
    throw new RetakeError('not_found', `Number ${wanted} is ambiguous: there are ${paths.length} cassettes`, {
      hint: `Name the cassette: \`retake show ${wanted} ${paths[0]}\`.`,
    });
  }
  const found: FoundInteraction[] = [];
  for (const path of paths) {
    const listed = await readCassette(path, cassette => listInteractions(cassette));
    const isWanted = ({number, key}: ListedInteraction) =>
      isNumber
        ? number === Number(wanted)
        : key.startsWith(wanted) || key.replace(/^\d+:/, '').startsWith(wanted);
    found.push(...listed.filter(isWanted).map(one => ({path, listed: one})));
  }
  const [only, ...others] = found;
  if (!only) {
    throw new RetakeError(
      'not_found',
      `No interaction of ${paths.join(', ')} has the number or key ${wanted}`,
      {
        hint: '`retake ls` lists the interactions.',
      },
    );
  }
  if (others.length > 0) {
    const matches = found.map(({path, listed}) => `${shortKey(listed.key)}  ${path}  ${listed.question}`);
    throw new RetakeError('not_found', `${found.length} interactions have a key that begins with ${wanted}`, {
      hint: `Give more digits, or name the cassette:\n${matches.slice(0, 10).join('\n')}`,
    });
  }
  return only;
}
