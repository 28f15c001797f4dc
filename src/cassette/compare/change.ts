import type {CassetteKey, MatchingView} from '../key/key.js';
import type {RecordedAnswer} from './answer.js';
import type {Finding, FindingVerdict} from './change-verdict.js';
import type {MediaItem} from './media-changes.js';

/** An interaction as one side of a comparison has it. */
export type Side = {
  readonly key: CassetteKey;
  readonly view: MatchingView;
  readonly media: readonly MediaItem[];
  /** The n-th asking gets the n-th answer; the last one repeats. A side of a stored row reads them each time: it holds only their texts. */
  readonly answers: readonly [RecordedAnswer, ...RecordedAnswer[]];
  readonly answerCount: number;
  /** One answer, from 0. */
  answerAt(position: number): RecordedAnswer;
  /** The stored text of an answer, of which equal ones are equal answers; undefined if the answer was not stored. */
  storedAnswerAt(position: number): string | undefined;
};

/** What the n-th asking got and gets. */
export type AskingChange = {
  /** From 1. */
  readonly asking: number;
  readonly before: RecordedAnswer;
  readonly after: RecordedAnswer;
  readonly findings: readonly Finding[];
};

/** An interaction that is not as it was. */
export type Change =
  | {readonly verdict: 'added'; readonly after: Side}
  | {readonly verdict: 'removed'; readonly before: Side}
  | {
      readonly verdict: FindingVerdict;
      readonly before: Side;
      readonly after: Side;
      /** The components in which the request differs from the one that it was paired with; empty when it is the same request. */
      readonly asked: readonly string[];
      /** Whether the recording of the request that it was paired with is still in the cassette. */
      readonly isOldKept: boolean;
      /** What differs in the images and pages that are shown. */
      readonly media: readonly Finding[];
      /** Every asking, also one that is answered as before. */
      readonly askings: readonly AskingChange[];
    };

/** The side that a reader looks for: what there is now, or what there was. */
export function currentSide(change: Change): Side {
  return change.verdict === 'removed' ? change.before : change.after;
}

/** Whether the request itself is another one, paired with the nearest that there was. */
export function isAskedDifferently(change: Change): boolean {
  return change.verdict !== 'added' && change.verdict !== 'removed' && change.before.key !== change.after.key;
}

/** Everything that was found, each sentence once. */
export function findingsOf(change: Change): readonly Finding[] {
  if (change.verdict === 'added' || change.verdict === 'removed') return [];
  const {asked, media, askings, isOldKept} = change;
  const isRepeated = askings.length > 1;
  return [
    ...media,
    ...askings.flatMap(({asking, findings}) =>
      findings.map(({verdict, sentence}) => ({
        verdict,
        sentence: isRepeated ? `asking ${asking}: ${sentence}` : sentence,
      })),
    ),
    ...asked.map((sentence): Finding => ({verdict: 'asked', sentence})),
    ...(isOldKept ? [keptFinding] : []),
  ];
}

const keptFinding: Finding = {
  verdict: 'asked',
  sentence: 'the recording of the old question is still in the cassette',
};
