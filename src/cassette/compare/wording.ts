/** The words for the two sides of a comparison of requests. */
export type Wording = {
  readonly mine: string;
  readonly theirs: string;
  readonly onlyMine: string;
  readonly onlyTheirs: string;
};

/** A request without a recording, and the nearest recorded one. */
export const missWording: Wording = {
  mine: 'asked',
  theirs: 'recorded',
  onlyMine: 'asked, not recorded',
  onlyTheirs: 'recorded, not asked',
};

/** A recorded request, and the one that it was paired with. */
export const diffWording: Wording = {
  mine: 'now',
  theirs: 'was',
  onlyMine: 'is new',
  onlyTheirs: 'was removed',
};
