import type {RekeyReport} from '../../src/operations/rekey-cassette.js';
import {countOf} from './count-of.js';
import {printable, printableLine} from './printable.js';

/** The changes of each cassette, made or planned. */
export function describeRekeying(
  cassettes: readonly (RekeyReport & {readonly path: string})[],
  {verb, isWritten}: {readonly verb: string; readonly isWritten: boolean},
): string {
  const lines = cassettes.flatMap(({path, interactions, changed, united, hasNewSettings, losses}) => [
    [
      `${printableLine(path)}: ${changed} of ${countOf(interactions, 'interaction')} ${isWritten ? '' : 'would be '}${verb}`,
      ...(united > 0 ? [`${united} united with an equal one`] : []),
      ...(hasNewSettings ? ['new settings'] : []),
    ].join(', '),
    ...losses.map(loss => `  ${printable(loss)}`),
  ]);
  return lines.map(line => `${line}\n`).join('');
}
