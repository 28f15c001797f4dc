import type {RecordedAnswer} from './answer.js';
import type {AskingChange, Change, Side} from './change.js';
import {type Finding, worstVerdict} from './change-verdict.js';
import {compareAnswers, type Tolerance} from './compare-answers.js';
import type {TokenTolerance} from './compare-usage.js';
import {compareViews} from './compare-views.js';
import {compareMedia, withoutMedia} from './media-changes.js';
import {withMedia} from './side.js';
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
    before: withMedia(before, media.before),
    after: withMedia(after, media.after),
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

/** Compares the answers to the n-th request; if one side has fewer takes, its last one repeats. */
function compareAskings(before: Side, after: Side, tolerance: Tolerance): readonly AskingChange[] {
  const count = Math.max(before.answerCount, after.answerCount);
  return Array.from({length: count}, (_, index) => compareAsking(before, after, {index, tolerance}));
}

function compareAsking(
  before: Side,
  after: Side,
  {index, tolerance}: {readonly index: number; readonly tolerance: Tolerance},
): AskingChange {
  const stored = before.storedAnswerAt(placeOf(before, index));
  const isSame = stored !== undefined && stored === after.storedAnswerAt(placeOf(after, index));
  const findings = isSame ? [] : compareAnswers(answerTo(before, index), answerTo(after, index), tolerance);
  return new ComparedAsking(index, findings, {before, after});
}

function answerTo(side: Side, index: number): RecordedAnswer {
  return side.answerAt(placeOf(side, index));
}

function placeOf({answerCount}: Side, index: number): number {
  return Math.min(index, answerCount - 1);
}

/** Reads the answers when they are shown. */
class ComparedAsking implements AskingChange {
  readonly asking: number;
  readonly findings: readonly Finding[];
  readonly #before: Side;
  readonly #after: Side;

  constructor(
    index: number,
    findings: readonly Finding[],
    {before, after}: {readonly before: Side; readonly after: Side},
  ) {
    this.asking = index + 1;
    this.findings = findings;
    this.#before = before;
    this.#after = after;
  }

  get before(): RecordedAnswer {
    return answerTo(this.#before, this.asking - 1);
  }

  get after(): RecordedAnswer {
    return answerTo(this.#after, this.asking - 1);
  }
}
