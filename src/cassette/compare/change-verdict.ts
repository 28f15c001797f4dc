/** Every kind of difference between two recordings of an interaction, worst first. A pair has one verdict: the worst that was found. */
export const verdictCatalogue = {
  error: 'an answer ended with an error or is empty, or no longer is',
  finish: 'an answer ends for another reason: cut off, refused',
  'tool-call': 'other tools are called, or with other arguments',
  shape: 'an answer has other JSON keys or types, other parts, or another number of candidates',
  removed: 'the interaction was removed',
  media: 'the request has other images or pages',
  text: 'the text changed: an answer has the same shape and other words or values',
  asked: 'the request was changed, and the answer is the same',
  tokens: 'the answer is the same, and its usage or log probabilities are not',
  added: 'the interaction is new',
} as const;

export type Verdict = keyof typeof verdictCatalogue;

export const verdicts = Object.keys(verdictCatalogue) as readonly Verdict[];

/** The verdicts that a pair of interactions can have. */
export type FindingVerdict = Exclude<Verdict, 'added' | 'removed'>;

/** One difference, as a sentence for the reader. */
export type Finding = {readonly verdict: FindingVerdict; readonly sentence: string};

/** Sorts the worst to the front. */
export function compareVerdicts(a: Verdict, b: Verdict): number {
  return verdicts.indexOf(a) - verdicts.indexOf(b);
}

/** The worst verdict of findings; undefined when there are none. */
export function worstVerdict(findings: readonly Finding[]): FindingVerdict | undefined {
  return findings.map(({verdict}) => verdict).sort(compareVerdicts)[0];
}
