import {paint} from './console-lines.js';
import {countOf} from './count-of.js';
import {printable, printableLine} from './printable.js';
import type {RunReport} from './run-report.js';
import {shortKey} from './short-key.js';

/** The verdict for people: counts, each miss with its explanation, and what nobody asked for. */
export function describeVerdict(report: RunReport): string {
  const {misses, unused, failed} = report;
  return [
    `retake: ${describeCounts(report)}`,
    ...misses.flatMap(({message}) => ['', `${paint('red', 'miss')}  ${indent(printable(message))}`]),
    ...(misses.length > 0 ? ['', recordingAdvice] : []),
    ...(failed > 0
      ? ['', `${countOf(failed, 'question')} failed: the upstream or the recorder gave no answer`]
      : []),
    ...(unused.length > 0 ? ['', ...describeUnused(unused)] : []),
    '',
  ].join('\n');
}

const recordingAdvice =
  'To record what is missing, run the same command with --mode auto on a machine with a model, and commit the cassette.';

/** `3 played, 1 missed of 4 questions, 2 takes unused` */
export function describeCounts({played, recorded, missed, notRecorded, failed, unused}: RunReport): string {
  const counts = {played, recorded, missed, 'not recorded': notRecorded, failed};
  const asked = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const told = Object.entries(counts).filter(([name, count]) => count > 0 || name === 'played');
  const left = unused.length > 0 ? `; ${countOf(unused.length, 'take')} unused` : '';
  return asked === 0
    ? `no question was asked${left}`
    : `${countOf(asked, 'question')}: ${told.map(([name, count]) => `${count} ${name}`).join(', ')}${left}`;
}

const unusedShown = 10;

function describeUnused(unused: RunReport['unused']): string[] {
  const lines = unused.slice(0, unusedShown).map(({cassette, key, take, question}) => {
    const line = `${cassette} ${shortKey(key)} take ${take}: ${question}`;
    return `  ${printableLine(line)}`;
  });
  const more = unused.length - unusedShown;
  return [
    paint('dim', 'unused takes, which the command never asked for:'),
    ...lines,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function indent(text: string): string {
  return text.replaceAll('\n', '\n      ');
}
