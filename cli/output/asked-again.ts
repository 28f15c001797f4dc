import type {Change} from '../../src/cassette/compare/change.js';
import type {CassetteKey} from '../../src/cassette/key/key.js';
import {shortKey} from '../../src/cassette/key/short-key.js';
import {describeChange} from '../../src/report/describe-change.js';
import {printable, printableLine} from './printable.js';

/** A request that was not sent again, or not answered. */
type Unanswered = {readonly key: CassetteKey; readonly question: string; readonly reason: string};

/** What became of requests that were sent again: the answers that differ, and the requests without one. */
export type AskedAgain = {
  readonly changes: readonly Change[];
  readonly skipped: readonly Unanswered[];
  readonly failed: readonly Unanswered[];
};

/** The lines of a report below its counts. */
export function askedAgainLines({changes, skipped, failed}: AskedAgain): readonly string[] {
  return [
    ...changes
      .map(describeChange)
      .flatMap(({verdict, key, question, sentences}) => [
        headOf(verdict, {key, question}),
        ...sentences.map(sentence => `    - ${printable(sentence)}`),
      ]),
    ...skipped.flatMap(one => unansweredLines('skipped', one)),
    ...failed.flatMap(one => unansweredLines('failed', one)),
  ];
}

function unansweredLines(label: string, one: Unanswered): readonly string[] {
  return [headOf(label, one), `    - ${printable(one.reason)}`];
}

function headOf(label: string, {key, question}: Pick<Unanswered, 'key' | 'question'>): string {
  return `  ${label.padEnd(10)} ${printableLine(JSON.stringify(question))}  ${shortKey(key)}`;
}

/** The counts of requests without an answer, where there are any. */
export function unansweredCounts({
  skipped,
  failed,
}: Pick<AskedAgain, 'skipped' | 'failed'>): readonly string[] {
  return [
    ...(skipped.length > 0 ? [`${skipped.length} skipped`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
  ];
}

/** The report for `--json`. */
export function askedAgainJson<Report extends Pick<AskedAgain, 'changes'>>({changes, ...rest}: Report) {
  return {...rest, changes: changes.map(describeChange)};
}
