import {shortKey} from '../../src/cassette/key/short-key.js';
import {RetakeError} from '../../src/errors.js';
import {type ListedInteraction, listInteractions} from '../../src/operations/list-interactions.js';
import {readCassette} from './cassette-arguments.js';

export type FoundInteraction = {readonly path: string; readonly listed: ListedInteraction};

/** Looks through the cassettes; a number is meant within one cassette alone. */
export async function findInteraction(paths: readonly string[], wanted: string): Promise<FoundInteraction> {
  const isNumber = /^\d{1,5}$/.test(wanted);
  if (isNumber && paths.length > 1) {
    throw new RetakeError('not_found', `Number ${wanted} could be in any of ${paths.length} cassettes`, {
      hint: `Name one of them: \`retake show ${wanted} ${paths[0]}\`.`,
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
    throw new RetakeError('not_found', `No interaction of ${paths.join(', ')} is number or key ${wanted}`, {
      hint: '`retake ls` lists what there is.',
    });
  }
  if (others.length > 0) {
    const matches = found.map(({path, listed}) => `${shortKey(listed.key)}  ${path}  ${listed.question}`);
    throw new RetakeError('not_found', `${found.length} interactions have a key that begins with ${wanted}`, {
      hint: `Give more of it, or name the cassette:\n${matches.slice(0, 10).join('\n')}`,
    });
  }
  return only;
}
