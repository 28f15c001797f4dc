import type {Interaction} from '../cassette.js';
import {answerOf, type RecordedAnswer} from './answer.js';
import type {AskingChange, Change, Side} from './change.js';
import {type Finding, worstVerdict} from './change-verdict.js';
import {compareAnswers, type Tolerance} from './compare-answers.js';
import type {TokenTolerance} from './compare-usage.js';
import {compareViews} from './compare-views.js';
import {compareMedia, mediaOf, withoutMedia} from './media-changes.js';
import {diffWording} from './wording.js';

export type CompareOptions = {
  readonly tokens: TokenTolerance;
  /** The cosine similarity from which two embeddings are the same. Default: they are the same if all numbers are. */
  readonly sameEmbedding?: number | undefined;
  /** Whether the recording of `before` is still beside that of `after`. */
  readonly isOldKept?: boolean | undefined;
};

/** The change between two recordings; undefined when their requests and their answers are the same. */
export function compareInteractions(
  before: Side,
  after: Side,
  {tokens, sameEmbedding, isOldKept = false}: CompareOptions,
): Change | undefined {
  const media = compareMedia(before.media, after.media);
  const asked = before.key === after.key ? [] : compareRequests(before, after, media.findings.length > 0);
  const askings = compareAskings(before, after, {tokens, sameEmbedding});
  const findings: Finding[] = [
    ...media.findings,
    ...asked.map((sentence): Finding => ({verdict: 'asked', sentence})),
    ...askings.flatMap(asking => asking.findings),
  ];
  const verdict = worstVerdict(findings);
  if (verdict === undefined) return undefined;
  return {
    verdict,
    before: {...before, media: media.before},
    after: {...after, media: media.after},
    asked,
    isOldKept,
    media: media.findings,
    askings,
  };
}

/** The components that differ, except for images and pages if these have findings of their own. */
function compareRequests(before: Side, after: Side, hasOtherMedia: boolean): readonly string[] {
  const differences = hasOtherMedia
    ? compareViews(withoutMedia(after.view), withoutMedia(before.view), diffWording)
    : compareViews(after.view, before.view, diffWording);
  return differences.map(({sentence}) => sentence);
}

export function sideOf({key, view, takes}: Interaction): Side {
  const [first, ...rest] = takes;
  return {
    key,
    view,
    media: mediaOf(view),
    answers: [answerOf(first), ...rest.map(answerOf)],
  };
}

/** Compares the answers to the n-th request; if one side has fewer takes, its last one repeats. */
function compareAskings(before: Side, after: Side, tolerance: Tolerance): readonly AskingChange[] {
  const count = Math.max(before.answers.length, after.answers.length);
  return Array.from({length: count}, (_, index) => {
    const [mine, theirs] = [answerAt(before, index), answerAt(after, index)];
    return {
      asking: index + 1,
      before: mine,
      after: theirs,
      findings: compareAnswers(mine, theirs, tolerance),
    };
  });
}

function answerAt({answers}: Side, index: number): RecordedAnswer {
  return answers[Math.min(index, answers.length - 1)] ?? answers[0];
}
