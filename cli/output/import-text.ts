import {optionsAsFlags} from '../../src/config/option-flags.js';
import type {ImportedExchange, ImportReport} from '../../src/operations/import-cassette.js';
import {countOf} from './count-of.js';
import {printableLine} from './printable.js';
import {shortPath} from './short-path.js';

/** What an import did, with every exchange that is left out or not carried over in full. */
export function describeImport(
  {format, interactions, takes, imported, leftOut, otherHosts}: ImportReport,
  {
    path,
    isDryRun,
    directory,
  }: {readonly path: string; readonly isDryRun: boolean; readonly directory: string},
): string {
  const remarked = imported.filter(({reasons}) => reasons.length > 0);
  const hosts = Object.entries(otherHosts);
  const others = hosts.reduce((sum, [, count]) => sum + count, 0);
  const isOwn = format === 'JSON lines';
  const wroteNothing = !isDryRun && interactions === 0 && !isOwn;
  const counts = [
    isOwn
      ? countOf(interactions, 'interaction')
      : `${countOf(interactions, 'interaction')} with ${countOf(takes, 'take')} from ${countOf(imported.length, 'exchange')} (${format})`,
    ...(leftOut.length > 0 ? [`${leftOut.length} left out`] : []),
    ...(others > 0 ? [`${countOf(others, 'request')} to other hosts`] : []),
  ];
  const lines = [
    `${path}: ${counts.join(', ')}`,
    ...remarked.flatMap(exchange => describe('imported', exchange, directory)),
    ...leftOut.flatMap(exchange => describe('left out', exchange, directory)),
    ...hosts.map(([host, count]) => `  other host ${host}: ${countOf(count, 'request')}`),
    ...(isDryRun ? ['Nothing was written.'] : []),
    ...(wroteNothing ? ['There was nothing to import, so no cassette was written.'] : []),
  ];
  return lines.map(line => `${printableLine(line)}\n`).join('');
}

function describe(
  label: string,
  {file, place, what, reasons}: ImportedExchange,
  directory: string,
): readonly string[] {
  return [
    `  ${label}   ${what}  (${shortPath(file, directory)}, ${place})`,
    ...reasons.map(reason => `    - ${optionsAsFlags(reason)}`),
  ];
}
