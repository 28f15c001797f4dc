import {type Change, currentSide, findingsOf} from '../cassette/compare/change.js';
import type {CassetteKey} from '../cassette/key/key.js';
import {questionOf} from '../cassette/key/question.js';

/** A change in words: the request, and what changed in the answer. */
export type DescribedChange = {
  readonly verdict: Change['verdict'];
  readonly key: CassetteKey;
  readonly question: string;
  readonly sentences: readonly string[];
};

export function describeChange(change: Change): DescribedChange {
  const {key, view} = currentSide(change);
  return {
    verdict: change.verdict,
    key,
    question: questionOf(view),
    sentences: findingsOf(change).map(({sentence}) => sentence),
  };
}
